//! The JSON envelope of what devices say, on both channels.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::json::{JsonText, depth};
use crate::limits;
use crate::text::storable;

/// What sort of message an envelope holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WireKind {
    /// `connection-status`.
    ConnectionStatus,
    /// `event`, e.g. a pong.
    Event,
    /// `data`.
    Data,
    /// Something newer than us.
    Unknown(String),
}

/// Why bytes are not an envelope.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// Not JSON.
    #[error("not JSON: {0}")]
    NotJson(#[from] serde_json::Error),
    /// Nested deeper than [`limits::JSON_DEPTH`]: kept as text, it could not be read again.
    #[error("nested deeper than {} levels", limits::JSON_DEPTH)]
    TooDeep,
    /// JSON, but not an object.
    #[error("not a JSON object")]
    NotAnObject,
    /// `type` is missing or not a string.
    #[error("no type")]
    NoType,
}

/// One message of a device. Fields that are missing or of the wrong type read as empty, except `type`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// What sort.
    pub kind: WireKind,
    /// The device's id of it: any text, empty where there is none. Longer ones are cut.
    pub message_id: String,
    /// Id of the message it answers; empty where it answers none.
    pub response_to: String,
    /// The device's clock, as written. Kept for diagnosis; decides nothing.
    pub sent: Option<String>,
    /// Worker it comes from; data messages only.
    pub directive: String,
    /// Pairs beside the content; values that are not text are kept as JSON text.
    pub metadata: Option<JsonText>,
    /// Payload, as received. `None` where there is none.
    pub content: Option<JsonText>,
}

impl Envelope {
    /// Reads a payload. Member names match in any letter case, as the existing service's decoder does; of
    /// repeated members the exact spelling counts, and of those the last one.
    pub fn parse(payload: &[u8]) -> Result<Self, EnvelopeError> {
        let mut fields = members(payload)?;
        let kind = match text(&fields, "type").as_deref() {
            Some("connection-status") => WireKind::ConnectionStatus,
            Some("event") => WireKind::Event,
            Some("data") => WireKind::Data,
            Some(other) => WireKind::Unknown(storable(other, limits::LABEL_BYTES)),
            None => return Err(EnvelopeError::NoType),
        };
        Ok(Self {
            kind,
            message_id: text(&fields, "message_id").unwrap_or_default(),
            response_to: text(&fields, "response_to").unwrap_or_default(),
            sent: text(&fields, "sent"),
            directive: text(&fields, "directive").unwrap_or_default(),
            metadata: fields
                .remove("metadata")
                .filter(|raw| raw.get().starts_with('{'))
                .map(JsonText::from),
            content: fields.remove("content").map(JsonText::from),
        })
    }
}

fn members(payload: &[u8]) -> Result<BTreeMap<String, Box<RawValue>>, EnvelopeError> {
    let raw: &RawValue = serde_json::from_slice(payload)?;
    if depth(raw.get()) > limits::JSON_DEPTH {
        return Err(EnvelopeError::TooDeep);
    }
    if !raw.get().starts_with('{') {
        return Err(EnvelopeError::NotAnObject);
    }
    // Sorted, so that the exact spelling (lower case sorts last) wins over any other.
    let members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(raw.get())?;
    Ok(members
        .into_iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect())
}

fn text(fields: &BTreeMap<String, Box<RawValue>>, name: &str) -> Option<String> {
    let text: String = serde_json::from_str(fields.get(name)?.get()).ok()?;
    Some(storable(&text, limits::LABEL_BYTES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_keeps_its_content_as_received() {
        let envelope = Envelope::parse(br#" {"TYPE":"data","message_id":"m","response_to":"r","content":{"n": 12345678901234567890123}} "#)
            .expect("readable");
        assert_eq!(envelope.kind, WireKind::Data);
        assert_eq!(
            (envelope.message_id.as_str(), envelope.response_to.as_str()),
            ("m", "r")
        );
        assert_eq!(
            envelope.content.expect("there").as_str(),
            r#"{"n": 12345678901234567890123}"#
        );
    }

    #[test]
    fn wrong_types_read_as_empty_and_only_the_type_is_needed() {
        let envelope =
            Envelope::parse(br#"{"type":"event","message_id":3,"sent":{},"metadata":[]}"#)
                .expect("readable");
        assert_eq!(envelope.message_id, "");
        assert_eq!(
            (envelope.sent, envelope.metadata, envelope.content),
            (None, None, None)
        );
    }

    #[test]
    fn what_is_no_envelope_is_an_error_and_never_a_panic() {
        let deep = "[".repeat(200 * 1024);
        for payload in [
            &b""[..],
            b"null",
            b"[]",
            b"{",
            b"{}",
            b"\xff\xfe",
            br#"{"type":3}"#,
            deep.as_bytes(),
        ] {
            assert!(Envelope::parse(payload).is_err());
        }
    }
}
