//! The messages of graphql-transport-ws
//! (<https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>), read and written.

use std::collections::HashMap;

use serde_json::value::RawValue;
use serde_json::{Value, json};

/// Name of the subprotocol.
pub const PROTOCOL: &str = "graphql-transport-ws";

/// Close codes, each with the reason clients are told. A reason may be at most 123 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Close {
    /// The server stops.
    GoingAway,
    /// Not a message of the protocol.
    BadMessage,
    /// An operation before `connection_ack`.
    Unauthorized,
    /// The credentials do not hold, or no longer.
    Forbidden,
    /// No `connection_init` in time.
    InitTimeout,
    /// An id that is in use.
    IdInUse,
    /// A second `connection_init`.
    InitTwice,
    /// Good credentials perhaps, but no room for them now.
    TryAgainLater,
}

impl Close {
    /// The code.
    pub fn code(self) -> u16 {
        match self {
            Self::GoingAway => 1001,
            Self::BadMessage => 4400,
            Self::Unauthorized => 4401,
            Self::Forbidden => 4403,
            Self::InitTimeout => 4408,
            Self::IdInUse => 4409,
            Self::InitTwice => 4429,
            // Clients of the protocol connect again after this one.
            Self::TryAgainLater => 1013,
        }
    }

    /// The reason, as the protocol's reference words it where clients look at it.
    pub fn reason(self) -> &'static str {
        match self {
            Self::GoingAway => "Server is stopping",
            Self::BadMessage => "Invalid message",
            Self::Unauthorized => "Unauthorized",
            Self::Forbidden => "Forbidden",
            Self::InitTimeout => "Connection initialisation timeout",
            Self::IdInUse => "Subscriber for this id already exists",
            Self::InitTwice => "Too many initialisation requests",
            Self::TryAgainLater => "Try again later",
        }
    }
}

/// A message of the client.
#[derive(Debug)]
pub enum Incoming {
    /// `connection_init`, with its payload (an empty object where there is none).
    Init(Value),
    /// `ping`, with its payload.
    Ping(Option<Box<RawValue>>),
    /// `pong`.
    Pong,
    /// `subscribe`: an id, and the request as it came.
    Subscribe(String, Box<RawValue>),
    /// `complete`: the client has enough of this id.
    Complete(String),
}

impl Incoming {
    /// Reads a text frame; `None` when it is not a message of the protocol.
    pub fn parse(text: &str) -> Option<Self> {
        let mut fields: HashMap<String, Box<RawValue>> = serde_json::from_str(text).ok()?;
        let kind: String = serde_json::from_str(fields.get("type")?.get()).ok()?;
        let payload = fields
            .remove("payload")
            .filter(|payload| payload.get() != "null");
        let is_object = |payload: &RawValue| payload.get().starts_with('{');
        match kind.as_str() {
            "connection_init" => match payload {
                None => Some(Self::Init(json!({}))),
                Some(payload) if is_object(&payload) => {
                    Some(Self::Init(serde_json::from_str(payload.get()).ok()?))
                }
                Some(_) => None,
            },
            "ping" => Some(Self::Ping(payload)),
            "pong" => Some(Self::Pong),
            "subscribe" => Some(Self::Subscribe(
                id(&fields)?,
                payload.filter(|payload| is_object(payload))?,
            )),
            "complete" => Some(Self::Complete(id(&fields)?)),
            _ => None,
        }
    }
}

fn id(fields: &HashMap<String, Box<RawValue>>) -> Option<String> {
    serde_json::from_str(fields.get("id")?.get())
        .ok()
        .filter(|id: &String| !id.is_empty())
}

/// `connection_ack`.
pub fn ack() -> String {
    json!({"type": "connection_ack"}).to_string()
}

/// `pong`, with the payload of its ping.
pub fn pong(payload: Option<Box<RawValue>>) -> String {
    payload.map_or_else(
        || json!({"type": "pong"}).to_string(),
        |payload| format!(r#"{{"type":"pong","payload":{payload}}}"#),
    )
}

/// `next`: one result, given as JSON text.
pub fn next(id: &str, result: &str) -> String {
    format!(
        r#"{{"id":{},"type":"next","payload":{result}}}"#,
        Value::from(id)
    )
}

/// `error`: the request was refused; given as the JSON text of its errors. Ends the operation.
pub fn error(id: &str, errors: &str) -> String {
    format!(
        r#"{{"id":{},"type":"error","payload":{errors}}}"#,
        Value::from(id)
    )
}

/// `complete`: nothing more comes for this id.
pub fn complete(id: &str) -> String {
    json!({"id": id, "type": "complete"}).to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_not_a_message_of_the_protocol_is_none() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"type":"start"}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"complete"}"#,
            r#"{"type":"connection_init","payload":3}"#,
        ] {
            assert!(Incoming::parse(text).is_none(), "{text}");
        }
        let complete = Incoming::parse(r#"{"type":"complete","id":"1"}"#);
        assert!(matches!(complete, Some(Incoming::Complete(id)) if id == "1"));
    }

    #[test]
    fn every_close_reason_fits_a_close_frame() {
        for close in [
            Close::GoingAway,
            Close::BadMessage,
            Close::Unauthorized,
            Close::Forbidden,
            Close::InitTimeout,
            Close::IdInUse,
            Close::InitTwice,
            Close::TryAgainLater,
        ] {
            assert!(close.reason().len() <= 123);
        }
    }
    proptest! {
        #[test]
        fn any_text_is_a_message_of_the_protocol_or_none(text in "\\PC*") {
            prop_assert!(Incoming::parse(&text).is_none());
        }

        #[test]
        fn nearly_right_messages_are_read_or_none(
            kind in prop_oneof![Just("subscribe"), Just("connection_init"), Just("ping"), Just("complete")],
            id in prop::option::of(any::<String>()),
            payload in prop_oneof![Just(json!(null)), Just(json!([])), any::<String>().prop_map(|text| json!({text: 1}))],
        ) {
            let text = json!({"type": kind, "id": id, "payload": payload}).to_string();
            if let Some(Incoming::Subscribe(read, _) | Incoming::Complete(read)) = Incoming::parse(&text) {
                prop_assert!(!read.is_empty());
                prop_assert_eq!(Some(read), id);
            }
        }
    }
}
