//! Inputs of `blockDevice` and `unblockDevice`.

use async_graphql::{ID, InputObject};

/// Shut a client id out.
#[derive(InputObject)]
pub struct BlockDeviceInput {
    /// Device. With CROSS_TENANT also one that has no connection record.
    pub client_id: ID,
    /// Why, for those who may block; 1–200 characters.
    pub reason: String,
}

/// Let a client id in again.
#[derive(InputObject)]
pub struct UnblockDeviceInput {
    /// Device.
    pub client_id: ID,
}
