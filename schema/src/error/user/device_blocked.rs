//! The refusal `DeviceBlockedError`.

use async_graphql::SimpleObject;

use super::UserErrorCode;
use crate::scalar::DateTime;

/// The device is blocked: nothing is sent to it.
#[derive(SimpleObject)]
pub struct DeviceBlockedError {
    /// CLIENT_BLOCKED
    #[graphql(owned)]
    pub code: UserErrorCode,
    /// For people.
    #[graphql(owned)]
    pub message: String,
    /// Input field at fault.
    #[graphql(owned)]
    pub path: Option<Vec<String>>,
    /// Since when.
    pub blocked_at: DateTime,
}

impl DeviceBlockedError {
    /// The device named by `clientId` is blocked.
    pub fn since(blocked_at: DateTime) -> Self {
        Self {
            code: UserErrorCode::ClientBlocked,
            message: "the device is blocked".to_owned(),
            path: Some(super::input_field("clientId")),
            blocked_at,
        }
    }
}
