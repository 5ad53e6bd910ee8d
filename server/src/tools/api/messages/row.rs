//! How messages and their steps look in a table.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::tools::api::output::Layout;
use crate::tools::api::table::Cell;

/// A line per message.
pub(super) const MESSAGES: Layout = Layout {
    headings: &[
        "CREATED",
        "MESSAGE ID",
        "CLIENT ID",
        "DIRECTION",
        "WHAT",
        "STATE",
        "SENT BY",
        "CONTENT",
    ],
    cells: |json| serde_json::from_str::<Message>(json).map(Message::into_cells),
};

/// A line per step of a message.
pub(super) const STEPS: Layout = Layout {
    headings: &["TIME", "MESSAGE ID", "CLIENT ID", "WHAT", "STATE", "WHY"],
    cells: |json| serde_json::from_str::<Step>(json).map(Step::into_cells),
};

/// A line per message from a device.
pub(super) const ARRIVALS: Layout = Layout {
    headings: &["TIME", "CLIENT ID", "WHAT", "ANSWERS", "CONTENT"],
    cells: |json| serde_json::from_str::<Arrival>(json).map(Arrival::into_cells),
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    #[serde(rename = "messageId")]
    id: String,
    client_id: String,
    direction: String,
    kind: String,
    directive: Option<String>,
    command: Option<String>,
    state: String,
    failure: Option<Failure>,
    sent_by: Option<String>,
    created_at: String,
    response_to: Option<Other>,
    content: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Failure {
    code: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Other {
    message_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Step {
    state: String,
    occurred_at: String,
    message: Message,
}

#[derive(Deserialize)]
struct Arrival {
    message: Message,
}

impl Message {
    /// A worker's name, a command, or that it is an event.
    fn what(&self) -> Cell {
        let name = self.command.as_ref().or(self.directive.as_ref());
        Cell::text(name.filter(|name| !name.is_empty()).unwrap_or(&self.kind))
    }

    fn content(&self) -> Cell {
        Cell::short(self.content.as_deref().map_or("", RawValue::get))
    }

    fn into_cells(self) -> Vec<Cell> {
        vec![
            Cell::time(&self.created_at),
            Cell::text(&self.id),
            Cell::text(&self.client_id),
            Cell::text(&self.direction),
            self.what(),
            Cell::state(&self.state),
            Cell::maybe(self.sent_by.as_ref()),
            self.content(),
        ]
    }
}

impl Step {
    fn into_cells(self) -> Vec<Cell> {
        vec![
            Cell::time(self.occurred_at),
            Cell::text(&self.message.id),
            Cell::text(&self.message.client_id),
            self.message.what(),
            Cell::state(self.state),
            Cell::maybe(self.message.failure.map(|failure| failure.code)),
        ]
    }
}

impl Arrival {
    fn into_cells(self) -> Vec<Cell> {
        let message = self.message;
        vec![
            Cell::time(&message.created_at),
            Cell::text(&message.client_id),
            message.what(),
            Cell::maybe(message.response_to.as_ref().map(|asked| &asked.message_id)),
            message.content(),
        ]
    }
}
