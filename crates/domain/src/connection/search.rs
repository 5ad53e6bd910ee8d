//! Free-text search: words in a side table, compared as ranges so that an index serves them.

use std::collections::BTreeSet;

use super::facts::CanonicalFacts;
use crate::id::ClientId;
use crate::limits;
use crate::text::storable;

/// The words a device is found by, sorted: its client id, its FQDN and each IP address, in lower case. Of a device with
/// more than can be kept the addresses reported last are left out.
pub fn search_words(client_id: &ClientId, facts: Option<&CanonicalFacts>) -> Vec<String> {
    let mut words = BTreeSet::from([word(client_id.as_str())]);
    if let Some(facts) = facts {
        let addresses = facts.ip_addresses().into_iter().map(word);
        let named = facts.fqdn().as_deref().map(word).into_iter();
        for word in named.chain(addresses).filter(|word| !word.is_empty()) {
            if words.len() == limits::SEARCH_WORDS {
                break;
            }
            words.insert(word);
        }
    }
    words.into_iter().collect()
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_device_with_very_many_addresses_is_still_found_by_its_names() {
        let addresses: Vec<String> = (0..2 * limits::SEARCH_WORDS)
            .map(|n| format!("10.0.0.{n}"))
            .collect();
        let facts = json!({"fqdn": "Host-1.example.com", "ip_addresses": addresses});
        let facts = CanonicalFacts::new(facts.as_object().cloned().expect("an object"));
        let client_id = ClientId::parse("host-1").expect("valid");
        let words = search_words(&client_id, Some(&facts));
        assert_eq!(words.len(), limits::SEARCH_WORDS);
        for name in ["host-1", "host-1.example.com", "10.0.0.0"] {
            assert!(words.iter().any(|word| word == name), "{name}");
        }
        assert!(words.is_sorted());
    }
}
