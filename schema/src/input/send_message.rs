//! `SendMessageInput`.

use async_graphql::{ID, InputObject};

use crate::enumeration::WhenOffline;
use crate::scalar::{Json, JsonObject, UuidText};

/// Send one data message to one worker on one device.
#[derive(InputObject)]
pub struct SendMessageInput {
    /// Device.
    pub client_id: ID,
    /// Worker: one of the device's `dispatchers`.
    pub directive: String,
    /// Payload.
    pub content: Option<Json>,
    /// Key-value pairs beside the payload.
    pub metadata: Option<JsonObject>,
    /// Your own wire id, and the idempotency key: the same id with the same request
    /// gives the first result again (`duplicate: true`); with another request,
    /// IdempotencyConflictError. Left out: the server picks one.
    pub message_id: Option<UuidText>,
    /// Device offline: refuse or keep.
    #[graphql(default_with = "WhenOffline::Reject")]
    pub when_offline: WhenOffline,
    /// Give up after so many seconds (1 to `limits.maxMessageTtlSeconds`).
    #[graphql(default = 300)]
    pub expires_in_seconds: i32,
    /// Check everything, send nothing.
    #[graphql(default = false)]
    pub dry_run: bool,
}
