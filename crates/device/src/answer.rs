//! What a simulated device does with a message for it.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::status::now_and_id;

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reaction {
    /// Publish an event on `control/out`.
    Event(Vec<u8>),
    /// Publish an answer on `data/out`.
    Data(Vec<u8>),
    /// Drop the link; connect again after so many seconds, or stay away.
    DropLink(Option<u64>),
    /// Nothing: not for us, or not understood, as an agent does.
    Ignore(&'static str),
}

#[derive(serde::Deserialize)]
struct Command {
    message_id: String,
    content: CommandContent,
}

#[derive(serde::Deserialize)]
struct CommandContent {
    command: String,
    arguments: Option<std::collections::HashMap<String, String>>,
}

/// Reacts to a message on `control/in`.
pub(crate) fn to_command(payload: &[u8]) -> Reaction {
    // Agents decode arguments as strings only: a number makes the whole command unreadable, as here.
    let Ok(command) = serde_json::from_slice::<Command>(payload) else {
        return Reaction::Ignore("unreadable command");
    };
    let arguments = command.content.arguments.unwrap_or_default();
    match command.content.command.as_str() {
        "ping" => Reaction::Event(message(
            "event",
            &command.message_id,
            &json!({"content": "pong"}),
        )),
        "disconnect" => Reaction::DropLink(None),
        "reconnect" => {
            Reaction::DropLink(arguments.get("delay").and_then(|delay| delay.parse().ok()))
        }
        _ => Reaction::Ignore("unknown command"),
    }
}

#[derive(serde::Deserialize)]
struct Data<'a> {
    message_id: String,
    directive: String,
    metadata: Option<std::collections::HashMap<String, String>>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
}

/// Reacts to a message on `data/in`: the `echo` worker gives back what it got.
pub(crate) fn to_data(payload: &[u8], workers: impl Fn(&str) -> bool) -> Reaction {
    let Ok(data) = serde_json::from_slice::<Data<'_>>(payload) else {
        return Reaction::Ignore("unreadable message");
    };
    if !workers(&data.directive) {
        return Reaction::Ignore("no such worker");
    }
    let rest =
        json!({"directive": data.directive, "metadata": data.metadata, "content": data.content});
    Reaction::Data(message("data", &data.message_id, &rest))
}

/// A message of the wire protocol.
pub(crate) fn message(kind: &str, response_to: &str, rest: &Value) -> Vec<u8> {
    let (sent, message_id) = now_and_id();
    let mut message = json!({
        "type": kind,
        "message_id": message_id,
        "response_to": response_to,
        "version": 1,
        "sent": sent,
    });
    if let (Some(message), Some(rest)) = (message.as_object_mut(), rest.as_object()) {
        message.extend(rest.clone());
    }
    message.to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_with_arguments_that_are_not_strings_is_ignored_as_agents_do() {
        let command = |delay: &str| {
            format!(
                r#"{{"message_id":"m","content":{{"command":"reconnect","arguments":{{"delay":{delay}}}}}}}"#
            )
        };
        assert_eq!(
            to_command(command("\"5\"").as_bytes()),
            Reaction::DropLink(Some(5))
        );
        assert_eq!(
            to_command(command("5").as_bytes()),
            Reaction::Ignore("unreadable command")
        );
    }

    #[test]
    fn the_echo_worker_answers_with_the_same_content() {
        let Reaction::Data(answer) = to_data(
            br#"{"message_id":"m","directive":"echo","metadata":{"a":"b"},"content":[1]}"#,
            |name| name == "echo",
        ) else {
            panic!("no answer")
        };
        let answer: Value = serde_json::from_slice(&answer).expect("JSON");
        assert_eq!(
            (
                &answer["response_to"],
                &answer["content"],
                &answer["metadata"]["a"]
            ),
            (&json!("m"), &json!([1]), &json!("b"))
        );
        assert_eq!(
            to_data(
                br#"{"message_id":"m","directive":"x","content":1}"#,
                |name| name == "echo"
            ),
            Reaction::Ignore("no such worker")
        );
    }
}
