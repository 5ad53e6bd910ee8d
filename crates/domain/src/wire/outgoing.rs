//! What we publish to devices. Agents reject anything else: `response_to` is `""`, a command's `arguments` is null or
//! an object of strings (`"delay": "5"`), `metadata` is null or an object of strings.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::id::MessageId;
use crate::json::JsonText;
use crate::message::Command;
use crate::stamp::Stamp;

#[derive(Serialize)]
struct Data<'a> {
    r#type: &'static str,
    message_id: MessageId,
    response_to: &'static str,
    version: u8,
    sent: Stamp,
    directive: &'a str,
    metadata: Option<&'a BTreeMap<String, String>>,
    content: Option<&'a JsonText>,
}

/// The payload of a data message, on `…/data/in`: fields in the order the existing service writes them, and a newline.
pub fn data_payload(
    message_id: MessageId,
    sent: Stamp,
    directive: &str,
    metadata: Option<&BTreeMap<String, String>>,
    content: Option<&JsonText>,
) -> Result<Vec<u8>, serde_json::Error> {
    line(&Data {
        r#type: "data",
        message_id,
        response_to: "",
        version: 1,
        sent,
        directive,
        metadata,
        content,
    })
}

#[derive(Serialize)]
struct CommandMessage<'a> {
    r#type: &'static str,
    message_id: MessageId,
    version: u8,
    sent: Stamp,
    content: CommandContent<'a>,
}

#[derive(Serialize)]
struct CommandContent<'a> {
    command: &'static str,
    arguments: Option<BTreeMap<&'static str, String>>,
    message: &'a str,
}

/// The payload of a command, on `…/control/in`.
pub fn command_payload(
    message_id: MessageId,
    sent: Stamp,
    command: &Command,
) -> Result<Vec<u8>, serde_json::Error> {
    let (arguments, message) = match command {
        Command::Ping => (None, ""),
        Command::Reconnect {
            delay_seconds,
            reason,
        } => (
            Some(BTreeMap::from([("delay", delay_seconds.to_string())])),
            reason.as_deref().unwrap_or_default(),
        ),
        Command::Disconnect { reason } => (None, reason.as_deref().unwrap_or_default()),
    };
    let content = CommandContent {
        command: command.name().wire(),
        arguments,
        message,
    };
    line(&CommandMessage {
        r#type: "command",
        message_id,
        version: 1,
        sent,
        content,
    })
}

fn line(message: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut payload = serde_json::to_vec(message)?;
    payload.push(b'\n');
    Ok(payload)
}
