//! The dead-letter topic, read once from its oldest record to its end.

use std::collections::HashMap;

use connector_domain::port::{LogError, RecordTail, TailItem};

use super::letter::Letter;
use super::place::Place;
use super::receipt::Receipt;

/// One record of the topic.
pub(super) enum Entry {
    Letter(Box<Letter>),
    Receipt(Receipt),
}

/// The next record; nothing when all that was there at opening has been read.
pub(super) async fn next(tail: &dyn RecordTail) -> Result<Option<Entry>, LogError> {
    match tail.next().await? {
        TailItem::CaughtUp => Ok(None),
        TailItem::Record(record) => Ok(Some(match Receipt::read(&record) {
            Some(receipt) => Entry::Receipt(receipt),
            None => Entry::Letter(Box::new(Letter::read(record))),
        })),
    }
}

/// Which letters were replayed, and where to.
#[derive(Debug, Default)]
pub(super) struct Receipts(HashMap<Place, String>);

impl Receipts {
    /// Reads the topic for its receipts alone.
    pub(super) async fn collect(tail: &dyn RecordTail) -> Result<Self, LogError> {
        let mut receipts = Self::default();
        while let Some(entry) = next(tail).await? {
            if let Entry::Receipt(receipt) = entry {
                receipts.add(receipt);
            }
        }
        Ok(receipts)
    }

    pub(super) fn add(&mut self, receipt: Receipt) {
        self.0.insert(receipt.letter, receipt.replayed_to);
    }

    pub(super) fn of(&self, letter: Place) -> Option<&str> {
        self.0.get(&letter).map(String::as_str)
    }
}
