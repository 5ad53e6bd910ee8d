//! What cannot be processed, kept for people: a record of the dead-letter topic.
//!
//! Written by both consumers, read by [`crate::dead_letters`]. The original key and headers stay, so that it can be put
//! back; the value is cut, and four headers say how large it was, what it was (SHA-256 of all of it), why it is here and
//! where it came from.

use bytes::Bytes;
use connector_domain::limits::DEAD_LETTER_BYTES;
use connector_domain::port::{IncomingRecord, OutgoingRecord};
use connector_domain::text::storable;
use connector_domain::wire::{DATE_RECEIVED, MQTT_MESSAGE_ID, SIGNAL, TOPIC};
use sha2::{Digest, Sha256};

use crate::rejection::{Reason, Rejection};

/// Bytes of the whole value, decimal.
pub(crate) const ORIGINAL_SIZE: &str = "original_size";
/// SHA-256 of the whole value, lower-case hexadecimal.
pub(crate) const SHA256: &str = "sha256";
/// Why it is here.
pub(crate) const ERROR: &str = "error";
/// Where it was: `kafka:<topic>/<partition>/<offset>` or `mqtt:<topic>`.
pub(crate) const ORIGIN: &str = "origin";

/// On an ingress record, and on its dead letter where it fails again: the dead letter it was replayed from,
/// `<partition>/<offset>`.
pub(crate) const REPLAYED_FROM: &str = "replayed_from";

/// Headers that are passed on as they were.
pub(crate) const PASSED_ON: [&str; 5] =
    [TOPIC, MQTT_MESSAGE_ID, DATE_RECEIVED, SIGNAL, REPLAYED_FROM];

/// Longest text of an error in a header, in bytes.
const ERROR_BYTES: usize = 1024;

/// Something that cannot be processed.
pub(crate) struct DeadLetter<'a> {
    /// Key it had, or would have had.
    pub(crate) key: Option<Bytes>,
    /// The whole value.
    pub(crate) value: &'a Bytes,
    /// Most bytes of the value to keep.
    pub(crate) kept_bytes: usize,
    /// Headers to pass on.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Where it was.
    pub(crate) origin: String,
    /// Why.
    pub(crate) rejection: &'a Rejection,
}

impl DeadLetter<'_> {
    /// The record to append.
    pub(crate) fn into_record(self, topic: &str) -> OutgoingRecord {
        let kept = self.value.slice(..self.value.len().min(self.kept_bytes));
        let mut headers = self.headers;
        headers.extend([
            (ORIGINAL_SIZE, self.value.len().to_string()),
            (SHA256, format!("{:x}", Sha256::digest(self.value))),
            (ERROR, storable(&self.rejection.to_string(), ERROR_BYTES)),
            (ORIGIN, self.origin),
        ]);
        OutgoingRecord {
            topic: topic.to_owned(),
            key: self.key,
            headers,
            value: Some(kept),
        }
    }
}

/// The dead letter of a record read from Kafka.
pub(crate) fn of_record(
    record: &IncomingRecord,
    rejection: &Rejection,
    topic: &str,
) -> OutgoingRecord {
    let headers = PASSED_ON
        .into_iter()
        .filter_map(|name| Some((name, record.header(name)?.to_owned())))
        .collect();
    let nothing = Bytes::new();
    DeadLetter {
        key: record.key.clone(),
        value: record.value.as_ref().unwrap_or(&nothing),
        kept_bytes: DEAD_LETTER_BYTES,
        headers,
        origin: format!(
            "kafka:{}/{}/{}",
            record.topic, record.partition, record.offset
        ),
        rejection,
    }
    .into_record(topic)
}

/// Counts one dead letter, once it is in the log.
pub(crate) fn count(consumer: &'static str, rejection: &Rejection) {
    add(consumer, rejection.reason, 1);
}

/// Has every reason at zero from the start: the first of a series is no increase to those who watch it.
pub(crate) fn count_none(consumer: &'static str) {
    for reason in Reason::ALL {
        add(consumer, reason, 0);
    }
}

fn add(consumer: &'static str, reason: Reason, letters: u64) {
    metrics::counter!(
        "connector_dead_letters_total",
        "consumer" => consumer,
        "reason" => reason.as_str(),
    )
    .increment(letters);
}
