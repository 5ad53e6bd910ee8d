//! A record of the dead-letter topic that says where a letter was replayed to.

use bytes::Bytes;
use connector_domain::port::{IncomingRecord, OutgoingRecord};

use super::place::Place;

/// The letter: `<partition>/<offset>`.
const RECEIPT_OF: &str = "receipt_of";
/// Where it is now: `<topic>/<partition>/<offset>`.
const REPLAYED_TO: &str = "replayed_to";

/// Says that a letter was replayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Receipt {
    pub(super) letter: Place,
    pub(super) replayed_to: String,
}

impl Receipt {
    /// `None` for anything else, such as a letter.
    pub(super) fn read(record: &IncomingRecord) -> Option<Self> {
        Some(Self {
            letter: record.header(RECEIPT_OF)?.parse().ok()?,
            replayed_to: record.header(REPLAYED_TO).unwrap_or_default().to_owned(),
        })
    }

    /// The record to append.
    pub(super) fn into_record(self, topic: &str, key: Option<Bytes>) -> OutgoingRecord {
        OutgoingRecord {
            topic: topic.to_owned(),
            key,
            headers: vec![
                (RECEIPT_OF, self.letter.to_string()),
                (REPLAYED_TO, self.replayed_to),
            ],
            value: None,
        }
    }
}
