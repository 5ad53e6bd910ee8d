//! What comes for a device.

use serde::Deserialize;

/// A message for a device, as far as a device of the fleet cares.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Incoming {
    /// Its id on the wire.
    pub(crate) message_id: String,
    /// What to do.
    pub(crate) wanted: Wanted,
}

/// What a message wants.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A pong.
    Pong,
    /// An answer of the `echo` worker.
    Echo,
    /// Nothing that the fleet does.
    Nothing,
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "message_id")]
    id: String,
    directive: Option<String>,
    content: Option<serde_json::Value>,
}

/// Reads a payload; `None` for one that no agent would read.
pub(crate) fn read(payload: &[u8]) -> Option<Incoming> {
    let message: Message = serde_json::from_slice(payload).ok()?;
    let command = message
        .content
        .as_ref()
        .and_then(|content| content.get("command"));
    let wanted = match message.directive.as_deref() {
        Some("echo") => Wanted::Echo,
        None if command.is_some_and(|command| command == "ping") => Wanted::Pong,
        _ => Wanted::Nothing,
    };
    Some(Incoming {
        message_id: message.id,
        wanted,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_for_the_echo_worker_and_pings_are_answered() {
        let wanted = |payload: &str| read(payload.as_bytes()).map(|incoming| incoming.wanted);
        let data =
            r#"{"type":"data","message_id":"m","directive":"echo","content":{"command":"ping"}}"#;
        assert_eq!(wanted(data), Some(Wanted::Echo));
        let ping =
            r#"{"type":"command","message_id":"m","content":{"command":"ping","arguments":null}}"#;
        assert_eq!(wanted(ping), Some(Wanted::Pong));
        let other = r#"{"type":"data","message_id":"m","directive":"other","content":null}"#;
        assert_eq!(wanted(other), Some(Wanted::Nothing));
        assert_eq!(wanted("no JSON"), None);
    }
}
