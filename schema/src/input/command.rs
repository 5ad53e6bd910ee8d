//! Inputs of the commands.

use async_graphql::{ID, InputObject};

use crate::scalar::UuidText;

/// Ask a device for a pong.
#[derive(InputObject)]
pub struct PingInput {
    /// Device.
    pub client_id: ID,
    /// Your own wire id and idempotency key.
    pub message_id: Option<UuidText>,
    /// Give up after so many seconds.
    #[graphql(default = 30)]
    pub expires_in_seconds: i32,
}

/// Ask a device to drop its link and come back.
#[derive(InputObject)]
pub struct ReconnectInput {
    /// Device.
    pub client_id: ID,
    /// Seconds to stay away, 0–3600.
    #[graphql(default = 5)]
    pub delay_seconds: i32,
    /// Why, shown in the device's log; at most 200 characters.
    pub reason: Option<String>,
    /// Your own wire id and idempotency key.
    pub message_id: Option<UuidText>,
}

/// Ask a device to drop its link and stay away.
#[derive(InputObject)]
pub struct DisconnectInput {
    /// Device.
    pub client_id: ID,
    /// Why, shown in the device's log; at most 200 characters.
    pub reason: Option<String>,
    /// Your own wire id and idempotency key.
    pub message_id: Option<UuidText>,
}
