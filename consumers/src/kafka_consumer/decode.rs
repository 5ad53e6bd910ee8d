//! From a record to who says what: the first of the four steps.

use connector_domain::id::ClientId;
use connector_domain::port::IncomingRecord;
use connector_domain::stamp::{Position, Stamp};
use connector_domain::wire::{Channel, DATE_RECEIVED, SIGNAL, Signal, TOPIC, TopicPrefix};

use crate::rejection::{Reason, Rejection};

/// What a record is.
#[derive(Debug)]
pub(super) enum Decoded<'a> {
    /// A device's message.
    Message(DeviceMessage<'a>),
    /// Something another part of the platform learnt about a device.
    Signal { client_id: ClientId, signal: Signal },
}

/// A device's message, not looked into yet.
#[derive(Debug)]
pub(super) struct DeviceMessage<'a> {
    /// Who published it.
    pub(super) client_id: ClientId,
    /// Where.
    pub(super) channel: Channel,
    /// Its place in the device's order.
    pub(super) position: Position,
    /// As published; may be empty.
    pub(super) payload: &'a [u8],
}

/// The place of a record in its device's order.
pub(super) fn position(record: &IncomingRecord) -> Position {
    Position {
        stamp: Stamp::of_record(record.header(DATE_RECEIVED), record.timestamp),
        partition: record.partition,
        offset: record.offset,
    }
}

/// Reads the headers and the key. `channel` is that of the topic it was read from.
///
/// The header `topic` says whose a message is, as in the existing service; the key must say the same, since it chose
/// the partition and with it the order. A record with neither `topic` nor `signal` is a rejection: the existing service
/// skips it, here it is kept for whoever wrote it.
pub(super) fn decode<'a>(
    record: &'a IncomingRecord,
    channel: Channel,
    prefix: &TopicPrefix,
) -> Result<Decoded<'a>, Rejection> {
    let Some(topic) = record.header(TOPIC) else {
        return match record.header(SIGNAL) {
            Some(kind) if channel == Channel::Control => signal(record, kind),
            Some(_) => Err(Rejection::new(
                Reason::ForeignTopic,
                "a signal on this topic",
            )),
            None => Err(Rejection::new(Reason::NoTopicHeader, "")),
        };
    };
    let (client_id, topic_channel) = prefix
        .parse_from_device(topic)
        .map_err(|error| Rejection::new(Reason::ForeignTopic, error.to_string()))?;
    if topic_channel != channel {
        let detail = format!("a {} message on this topic", topic_channel.as_str());
        return Err(Rejection::new(Reason::ForeignTopic, detail));
    }
    if record.key.as_deref() != Some(client_id.as_str().as_bytes()) {
        return Err(Rejection::new(
            Reason::ForeignKey,
            "the key is not the client id of the topic",
        ));
    }
    Ok(Decoded::Message(DeviceMessage {
        client_id,
        channel,
        position: position(record),
        payload: record.value.as_deref().unwrap_or_default(),
    }))
}

fn signal<'a>(record: &IncomingRecord, kind: &str) -> Result<Decoded<'a>, Rejection> {
    let unreadable = |detail: String| Rejection::new(Reason::UnreadableSignal, detail);
    let key = record.key.as_deref().unwrap_or_default();
    let client_id = std::str::from_utf8(key)
        .map_err(|error| unreadable(error.to_string()))
        .and_then(|text| ClientId::parse(text).map_err(|error| unreadable(error.to_string())))?;
    let value = record.value.as_deref().unwrap_or_default();
    let signal = Signal::parse(kind, value).map_err(|error| unreadable(error.to_string()))?;
    Ok(Decoded::Signal { client_id, signal })
}
