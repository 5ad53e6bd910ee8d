//! Messages on their way to devices and back.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// One of them.
pub(super) struct Sent {
    /// Place of its device in the fleet.
    pub member: usize,
    /// When the API was asked, from the fleet's start.
    pub asked: Duration,
}

/// All of them.
#[derive(Default)]
pub(super) struct Book {
    /// How many were sent.
    pub sent: u64,
    /// How many were answered by their devices.
    pub responded: u64,
    /// Those that are neither answered nor failed, by message id.
    pub pending: HashMap<String, Sent>,
    /// What failed, by the API's code.
    pub failed: BTreeMap<String, u64>,
}

impl Book {
    pub(super) fn add(&mut self, message_id: &str, sent: Sent) {
        self.sent += 1;
        self.pending.insert(message_id.to_owned(), sent);
    }

    /// A message can come to no good end.
    pub(super) fn fail(&mut self, message_id: &str, code: &str) {
        if self.pending.remove(message_id).is_some() {
            *self.failed.entry(code.to_owned()).or_default() += 1;
        }
    }

    /// A message is answered; nothing when it is none of ours, or was answered before.
    pub(super) fn respond(&mut self, message_id: &str) -> Option<Sent> {
        let sent = self.pending.remove(message_id)?;
        self.responded += 1;
        Some(sent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_ends_once() {
        let mut book = Book::default();
        for id in ["a", "b", "c"] {
            let asked = Duration::ZERO;
            book.add(id, Sent { member: 0, asked });
        }
        assert!(book.respond("a").is_some());
        assert!(book.respond("a").is_none());
        book.fail("a", "FAILED");
        book.fail("b", "FAILED");
        book.fail("b", "EXPIRED");
        let counts = (book.sent, book.responded, book.pending.len(), book.failed);
        let failed = BTreeMap::from([("FAILED".to_owned(), 1)]);
        assert_eq!(counts, (3, 1, 1, failed));
    }
}
