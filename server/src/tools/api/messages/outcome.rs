//! What became of one message that was sent.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::order::Addressed;
use crate::tools::api::failure::Failure;
use crate::tools::api::output::Layout;
use crate::tools::api::table::{Cell, Colour};

/// A line per message.
pub(super) const OUTCOMES: Layout = Layout {
    headings: &["MESSAGE ID", "CLIENT ID", "STATE", "ANSWER"],
    cells: |json| serde_json::from_str::<Outcome>(json).map(Outcome::into_cells),
};

/// When a message is done for whoever sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    /// The broker has it, or it waits for its device.
    Sent,
    /// The device has answered.
    Answered,
}

/// As it is printed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Outcome {
    pub client_id: String,
    pub message_id: String,
    /// Whether the id had been accepted before.
    duplicate: bool,
    /// Nothing where it was refused, and on a dry run.
    pub message: Option<Box<RawValue>>,
    /// Why it was refused.
    errors: Vec<Box<RawValue>>,
}

/// The payload of `sendMessage`.
#[derive(Deserialize)]
pub(super) struct Payload {
    duplicate: bool,
    message: Option<Box<RawValue>>,
    errors: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Message {
    state: String,
    failure: Option<Refusal>,
    responses: Answers,
}

#[derive(Deserialize)]
struct Refusal {
    code: String,
    message: String,
    #[serde(default)]
    available: Vec<String>,
}

#[derive(Deserialize)]
struct Answers {
    nodes: Vec<Answer>,
}

#[derive(Deserialize)]
struct Answer {
    content: Option<Box<RawValue>>,
}

impl Outcome {
    pub(super) fn of(to: Addressed, payload: Payload) -> Self {
        Self {
            client_id: to.client_id,
            message_id: to.message_id,
            duplicate: payload.duplicate,
            message: payload.message,
            errors: payload.errors,
        }
    }

    fn read(&self) -> Option<Message> {
        serde_json::from_str(self.message.as_deref()?.get()).ok()
    }

    /// Whether an answer may still come.
    pub(super) fn may_be_answered(&self) -> bool {
        self.read().is_some_and(|message| {
            matches!(
                message.state.as_str(),
                "QUEUED" | "PUBLISHED" | "UNCONFIRMED"
            )
        })
    }

    /// Why it did not get where it was to; nothing when it did.
    pub(super) fn problem(&self, goal: Goal) -> Option<Failure> {
        let Some(message) = self.read() else {
            return self.refusal().map(Refusal::into_failure);
        };
        match (message.state.as_str(), goal) {
            ("RESPONDED", _) | ("PUBLISHED" | "QUEUED", Goal::Sent) => None,
            (state, _) => Some(message.failure.map_or_else(
                || Failure::refused(state, meaning(state)),
                Refusal::into_failure,
            )),
        }
    }

    fn refusal(&self) -> Option<Refusal> {
        let error = self.errors.first()?;
        serde_json::from_str(error.get()).ok()
    }

    fn into_cells(self) -> Vec<Cell> {
        let (state, answer) = match (self.read(), self.refusal()) {
            (Some(message), _) => {
                let answer = message.responses.nodes.into_iter().next();
                let content = answer.and_then(|answer| answer.content);
                let content = content.as_deref().map_or("", RawValue::get);
                (Cell::state(message.state), Cell::short(content))
            }
            (None, Some(refusal)) => {
                let code = Cell::text(&refusal.code).coloured(Colour::Bad);
                (code, Cell::text(refusal.text()))
            }
            (None, None) => (Cell::text("OK, NOT SENT"), Cell::text("dry run")),
        };
        vec![
            Cell::text(self.message_id),
            Cell::text(self.client_id),
            state,
            answer,
        ]
    }
}

fn meaning(state: &str) -> &'static str {
    match state {
        "UNCONFIRMED" => "the broker did not confirm it in time: it may or may not arrive",
        "REJECTED" => "the device rejected it",
        "EXPIRED" => "its time ran out before it was published",
        "CANCELLED" => "it was cancelled before it was published",
        "FAILED" => "it could not be published",
        _ => "the device has not answered",
    }
}

impl Refusal {
    fn text(&self) -> String {
        if self.available.is_empty() {
            self.message.clone()
        } else {
            format!("{}; it has {}", self.message, self.available.join(", "))
        }
    }

    fn into_failure(self) -> Failure {
        let text = self.text();
        Failure::refused(self.code, text)
    }
}
