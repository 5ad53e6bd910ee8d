//! `MessageFailure`.

use async_graphql::SimpleObject;

/// Why a message FAILED.
#[derive(SimpleObject)]
pub struct MessageFailure {
    /// Stable code, e.g. `BROKER_UNAVAILABLE`.
    pub code: String,
    /// For people.
    pub message: String,
}
