//! `WhenOffline`.

use async_graphql::Enum;

/// What to do with a message whose device is offline.
#[derive(Debug, Enum, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WhenOffline {
    /// Refuse with ClientOfflineError.
    Reject,
}
