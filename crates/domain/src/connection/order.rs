//! How a list of connections is sorted, and the key that marks a place in it.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::view::ConnectionView;
use crate::id::ClientId;
use crate::page::Direction;
use crate::stamp::Stamp;

/// By what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConnectionOrderField {
    /// Client id.
    ClientId,
    /// FQDN in lower case; devices without one come last, whichever the direction.
    Fqdn,
    /// Last sign of life.
    LastSeenAt,
    /// Last state change.
    StateChangedAt,
}

/// Sort order. Ties are broken by client id, in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConnectionOrder {
    /// By what.
    pub field: ConnectionOrderField,
    /// Which way.
    pub direction: Direction,
}

impl Default for ConnectionOrder {
    fn default() -> Self {
        Self {
            field: ConnectionOrderField::ClientId,
            direction: Direction::Ascending,
        }
    }
}

/// What a list is sorted by, of one device.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortValue {
    /// Sorted by the client id alone.
    ClientId,
    /// A text, compared byte by byte.
    Text(String),
    /// A time.
    Time(Stamp),
    /// It has none and comes last.
    Absent,
}

/// A place in a sorted list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ConnectionKey {
    /// What the list is sorted by.
    pub value: SortValue,
    /// The tie-break.
    pub client_id: ClientId,
}

impl ConnectionOrder {
    /// The place of a record in a list of this order.
    pub fn key_of(self, view: &ConnectionView) -> ConnectionKey {
        let value = match self.field {
            ConnectionOrderField::ClientId => SortValue::ClientId,
            ConnectionOrderField::Fqdn => view.fqdn.as_ref().map_or(SortValue::Absent, |fqdn| {
                SortValue::Text(fqdn.to_lowercase())
            }),
            ConnectionOrderField::LastSeenAt => SortValue::Time(view.last_seen_at),
            ConnectionOrderField::StateChangedAt => SortValue::Time(view.state_changed_at),
        };
        ConnectionKey {
            value,
            client_id: view.client_id.clone(),
        }
    }

    /// Whether a key can come from a list of this order.
    pub fn accepts(self, key: &ConnectionKey) -> bool {
        matches!(
            (self.field, &key.value),
            (ConnectionOrderField::ClientId, SortValue::ClientId)
                | (
                    ConnectionOrderField::Fqdn,
                    SortValue::Text(_) | SortValue::Absent
                )
                | (
                    ConnectionOrderField::LastSeenAt | ConnectionOrderField::StateChangedAt,
                    SortValue::Time(_)
                )
        )
    }

    /// Compares two places of a list of this order.
    pub fn compare(self, a: &ConnectionKey, b: &ConnectionKey) -> Ordering {
        let directed = |ordering: Ordering| match self.direction {
            Direction::Ascending => ordering,
            Direction::Descending => ordering.reverse(),
        };
        let by_value = match (&a.value, &b.value) {
            (SortValue::Absent, SortValue::Absent) => Ordering::Equal,
            (SortValue::Absent, _) => return Ordering::Greater,
            (_, SortValue::Absent) => return Ordering::Less,
            (SortValue::Text(a), SortValue::Text(b)) => a.cmp(b),
            (SortValue::Time(a), SortValue::Time(b)) => a.cmp(b),
            _ => Ordering::Equal,
        };
        directed(by_value.then_with(|| a.client_id.cmp(&b.client_id)))
    }
}
