//! `ConnectionChangeKind`.

use async_graphql::Enum;

/// What a change did to the caller's view of a device.
#[derive(Debug, Enum, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConnectionChangeKind {
    /// It went online or offline.
    State,
    /// Facts, dispatchers, tags or software changed.
    Updated,
    /// It became visible: first seen, or now this organisation's.
    Appeared,
    /// It is gone from view: purged, or another organisation's.
    Left,
}
