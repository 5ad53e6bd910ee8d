//! What a record's history keeps and what its events tell.

use serde::{Deserialize, Serialize};

use super::record::{ConnectionState, ConnectionStateReason, enum_text};
use super::view::ConnectionView;
use crate::stamp::{Position, Stamp};

/// What happened to a record. What it means to a caller, who may or may not see the device before and after, is
/// decided where events are handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChangeKind {
    /// It went online or offline.
    State,
    /// Facts, dispatchers, tags, software or tenant changed.
    Updated,
    /// First seen.
    Appeared,
    /// Purged.
    Left,
}

enum_text!(ChangeKind { State => "STATE", Updated => "UPDATED", Appeared => "APPEARED", Left => "LEFT" });

/// One change of a record: a row of its history and one event. Unique on client id and version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionChange {
    /// What happened.
    pub kind: ChangeKind,
    /// Version of the record after it.
    pub version: i64,
    /// The record that caused it.
    pub position: Position,
    /// When: the stamp of that record.
    pub occurred_at: Stamp,
    /// As it was; `None` when first seen.
    pub before: Option<ConnectionView>,
    /// As it is; for [`ChangeKind::Left`], as it was last.
    pub after: ConnectionView,
}

/// One change of a device's state, as its history shows it. Belongs to the organisation it happened under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateChange {
    /// Version of the record after it.
    pub version: i64,
    /// State before; `None` when first seen.
    pub previous_state: Option<ConnectionState>,
    /// State after.
    pub state: ConnectionState,
    /// Why.
    pub reason: ConnectionStateReason,
    /// When.
    pub occurred_at: Stamp,
}
