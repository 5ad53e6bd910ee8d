//! Free-text search: words in a side table, compared as ranges so that an index serves them.

use std::collections::BTreeSet;

use super::facts::CanonicalFacts;
use crate::id::ClientId;
use crate::limits;
use crate::text::storable;

/// The words a device is found by: its client id, its FQDN and each IP address, in lower case.
pub fn search_words(client_id: &ClientId, facts: Option<&CanonicalFacts>) -> Vec<String> {
    let mut words = BTreeSet::from([word(client_id.as_str())]);
    if let Some(facts) = facts {
        words.extend(facts.fqdn().as_deref().map(word));
        words.extend(facts.ip_addresses().into_iter().map(word));
    }
    words
        .into_iter()
        .filter(|word| !word.is_empty())
        .take(limits::SEARCH_WORDS)
        .collect()
}

fn word(text: &str) -> String {
    storable(&text.to_lowercase(), limits::LABEL_BYTES)
}

/// The prefixes that a query asks for, in lower case; a device must have a word for each.
pub fn words_of_query(query: &str) -> Vec<String> {
    query
        .split_whitespace()
        .map(word)
        .filter(|word| !word.is_empty())
        .collect()
}
