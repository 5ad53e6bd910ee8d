//! Records as librdkafka gives them, made ours.

use bytes::Bytes;
use connector_domain::clock::{Clock, System};
use connector_domain::port::IncomingRecord;
use connector_domain::stamp::Stamp;
use rdkafka::Message;
use rdkafka::message::{BorrowedMessage, Headers};

/// Copies a record out of librdkafka.
pub(super) fn incoming(message: &BorrowedMessage<'_>) -> IncomingRecord {
    IncomingRecord {
        topic: message.topic().to_owned(),
        partition: message.partition(),
        offset: message.offset(),
        // Every record has one since Kafka 0.10; one without must not seem to be of 1970.
        timestamp: message
            .timestamp()
            .to_millis()
            .map_or_else(|| System.now(), Stamp::from_millis),
        key: message.key().map(Bytes::copy_from_slice),
        headers: headers(message),
        value: message.payload().map(Bytes::copy_from_slice),
    }
}

fn headers(message: &BorrowedMessage<'_>) -> Vec<(String, String)> {
    let Some(headers) = message.headers() else {
        return Vec::new();
    };
    let texts = headers.iter().filter_map(|header| {
        let value = std::str::from_utf8(header.value?).ok()?;
        Some((header.key.to_owned(), value.to_owned()))
    });
    texts.collect()
}

/// Bytes of key, value and headers.
pub(super) fn size(record: &IncomingRecord) -> usize {
    let headers = record
        .headers
        .iter()
        .map(|(name, value)| name.len() + value.len());
    record.key.as_ref().map_or(0, Bytes::len)
        + record.value.as_ref().map_or(0, Bytes::len)
        + headers.sum::<usize>()
}
