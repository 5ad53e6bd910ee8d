//! The key file, read.

use std::collections::{HashMap, HashSet};

use connector_domain::stamp::Stamp;

use super::line::{Digest256, Grant};
use crate::auth::proof::Fingerprint;
use crate::auth::reason::PreSharedKeyFault;

/// Why a key file cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// Not text.
    #[error("it is not UTF-8")]
    Text,
    /// A line that is no key; where one line is wrong, none of the file is used.
    #[error("line {number}: {problem}")]
    Line {
        /// Which, from 1.
        number: usize,
        /// What is wrong.
        problem: String,
    },
}

/// The keys of services.
#[derive(Clone, Default)]
pub(in crate::auth) struct KeyTable {
    services: HashMap<String, Vec<(Fingerprint, Grant)>>,
}

impl KeyTable {
    /// Reads a file: a line for each key; empty lines and those that start with `#` say nothing.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeyFileError> {
        let text = std::str::from_utf8(bytes).map_err(|_| KeyFileError::Text)?;
        let mut table = Self::default();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let grant = Grant::parse(line).map_err(|problem| KeyFileError::Line {
                number: at + 1,
                problem,
            })?;
            let service = grant.client_id.to_string();
            let key = (grant.fingerprint(), grant);
            table.services.entry(service).or_default().push(key);
        }
        Ok(table)
    }

    /// The grant of a service's key. Takes as long for a service that is not there.
    pub fn find(
        &self,
        client_id: &str,
        key: &str,
        now: Stamp,
    ) -> Result<(Fingerprint, &Grant), PreSharedKeyFault> {
        let digest = Digest256::of(key.as_bytes());
        let keys = self.services.get(client_id);
        let mut found = None;
        // Every key is compared, so that the time says nothing about which one it was.
        for (fingerprint, grant) in keys.into_iter().flatten() {
            if grant.sha256 == digest {
                found = Some((*fingerprint, grant));
            }
        }
        let (fingerprint, grant) = found.ok_or(PreSharedKeyFault::Unknown)?;
        if grant.expires_at.is_some_and(|expires_at| expires_at <= now) {
            return Err(PreSharedKeyFault::Expired);
        }
        Ok((fingerprint, grant))
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.services.values().map(Vec::len).sum()
    }

    /// Whether another one holds the same keys, with the same grants.
    pub fn is_same(&self, other: &Self) -> bool {
        let keys = |table: &Self| {
            let keys = table.services.values().flatten();
            keys.map(|(fingerprint, _)| *fingerprint)
                .collect::<HashSet<_>>()
        };
        keys(self) == keys(other)
    }

    /// Whether this key is still there and gives what it gave.
    pub fn holds(&self, fingerprint: &Fingerprint) -> bool {
        let mut keys = self.services.values().flatten();
        keys.any(|(known, _)| known == fingerprint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY_HASH: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn line(client_id: &str, hash: &str, more: &str) -> String {
        format!(
            r#"{{"clientId":"{client_id}","sha256":"{hash}","organisations":["1"],"permissions":["MESSAGE_SEND"]{more}}}"#
        )
    }

    fn at(text: &str) -> Stamp {
        Stamp::parse(text).expect("a time")
    }

    #[test]
    fn each_of_several_keys_of_a_service_opens_it_until_it_expires_and_no_other_does() {
        let (old, new) = (Digest256::of(b"old"), Digest256::of(b"new"));
        let file = format!(
            "# comment\n\n{}\n{}\n",
            line(
                "a",
                &old.to_string(),
                r#","expiresAt":"2026-12-01T00:00:00Z""#
            ),
            line("a", &new.to_string(), r#","comment":"rotated""#),
        );
        let table = KeyTable::parse(file.as_bytes()).expect("a file");
        let before = at("2026-11-30T23:59:59Z");
        let find = |client_id, key, now| {
            table
                .find(client_id, key, now)
                .map(|(_, grant)| grant.sha256)
        };
        assert_eq!(find("a", "old", before), Ok(old));
        assert_eq!(find("a", "new", before), Ok(new));
        let after = at("2026-12-01T00:00:00Z");
        assert_eq!(find("a", "old", after), Err(PreSharedKeyFault::Expired));
        for (client_id, key) in [("a", "older"), ("a", ""), ("b", "new"), ("", "")] {
            assert_eq!(
                find(client_id, key, before),
                Err(PreSharedKeyFault::Unknown)
            );
        }
    }

    #[test]
    fn a_key_that_gives_something_else_is_another_key_and_a_comment_gives_nothing() {
        let fingerprint = |more: &str, orgs: &str| {
            let line = line("a", EMPTY_HASH, more).replace("[\"1\"]", orgs);
            let table = KeyTable::parse(line.as_bytes()).expect("a file");
            table
                .find("a", "", at("2026-01-01T00:00:00Z"))
                .expect("found")
                .0
        };
        let first = fingerprint("", r#"["1","2"]"#);
        assert_eq!(fingerprint(r#","comment":"x""#, r#"["2","1"]"#), first);
        assert_ne!(fingerprint("", r#"["1"]"#), first);
        assert_ne!(fingerprint("", r#"["*"]"#), first);
        assert_ne!(
            fingerprint(r#","expiresAt":"2027-01-01T00:00:00Z""#, r#"["1","2"]"#),
            first
        );
    }

    #[test]
    fn a_file_with_a_wrong_line_is_refused_with_its_number() {
        let good = line("a", EMPTY_HASH, "");
        for wrong in [
            line("", EMPTY_HASH, ""),
            line("a", "abc", ""),
            line("a", &"é".repeat(32), ""),
            line("a", EMPTY_HASH, r#","organizations":[]"#),
            good.replace("MESSAGE_SEND", "EVERYTHING"),
            good.replace("MESSAGE_SEND", "CROSS_TENANT"),
            good.replace(r#"["1"]"#, "[]"),
            good.replace(r#"["1"]"#, r#"["1","*"]"#),
            "key".to_owned(),
        ] {
            let refused = KeyTable::parse(format!("{good}\n{wrong}").as_bytes()).map(|_| ());
            assert!(
                matches!(&refused, Err(KeyFileError::Line { number: 2, .. })),
                "{wrong}: {refused:?}"
            );
        }
        assert_eq!(
            KeyTable::parse(&[0xff]).map(|_| ()),
            Err(KeyFileError::Text)
        );
    }
}
