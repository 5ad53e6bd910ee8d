//! How devices and their changes look in a table.

use serde::Deserialize;

use crate::tools::api::output::Layout;
use crate::tools::api::table::Cell;

/// A line per device.
pub(super) const DEVICES: Layout = Layout {
    headings: &[
        "CLIENT ID",
        "STATE",
        "REASON",
        "SINCE",
        "LAST SEEN",
        "FQDN",
        "VERSION",
        "DISPATCHERS",
        "TAGS",
    ],
    cells: |json| serde_json::from_str::<Device>(json).map(Device::into_cells),
};

/// A line per change.
pub(super) const CHANGES: Layout = Layout {
    headings: &["TIME", "CLIENT ID", "CHANGE", "STATE", "REASON", "FQDN"],
    cells: |json| serde_json::from_str::<Change>(json).map(Change::into_cells),
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Device {
    client_id: String,
    state: String,
    state_reason: String,
    state_changed_at: String,
    last_seen_at: String,
    client_version: Option<String>,
    canonical_facts: Option<Facts>,
    dispatchers: Vec<Dispatcher>,
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
struct Facts {
    fqdn: Option<String>,
}

/// A worker, by name.
#[derive(Deserialize)]
pub(super) struct Dispatcher {
    name: String,
}

/// A label.
#[derive(Deserialize)]
pub(super) struct Tag {
    key: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    kind: String,
    client_id: String,
    state: String,
    reason: String,
    occurred_at: String,
    connection: Option<Named>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    canonical_facts: Option<Facts>,
}

impl Device {
    fn into_cells(self) -> Vec<Cell> {
        vec![
            Cell::text(self.client_id),
            Cell::state(self.state),
            Cell::text(self.state_reason),
            Cell::time(self.state_changed_at),
            Cell::time(self.last_seen_at),
            Cell::maybe(self.canonical_facts.and_then(|facts| facts.fqdn)),
            Cell::maybe(self.client_version),
            Cell::short(names(&self.dispatchers)),
            Cell::short(labels(&self.tags)),
        ]
    }
}

impl Change {
    fn into_cells(self) -> Vec<Cell> {
        let facts = self.connection.and_then(|device| device.canonical_facts);
        vec![
            Cell::time(self.occurred_at),
            Cell::text(self.client_id),
            Cell::text(self.kind),
            Cell::state(self.state),
            Cell::text(self.reason),
            Cell::maybe(facts.and_then(|facts| facts.fqdn)),
        ]
    }
}

/// Workers in a word.
pub(super) fn names(dispatchers: &[Dispatcher]) -> String {
    let names: Vec<_> = dispatchers
        .iter()
        .map(|dispatcher| dispatcher.name.as_str())
        .collect();
    names.join(",")
}

/// Labels in a word.
pub(super) fn labels(tags: &[Tag]) -> String {
    let labels: Vec<_> = tags
        .iter()
        .map(|tag| format!("{}={}", tag.key, tag.value))
        .collect();
    labels.join(",")
}
