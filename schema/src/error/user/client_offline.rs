//! The refusal `ClientOfflineError`.

use async_graphql::SimpleObject;

use super::UserErrorCode;
use crate::scalar::DateTime;

/// The device is offline.
#[derive(SimpleObject)]
pub struct ClientOfflineError {
    /// CLIENT_OFFLINE
    #[graphql(owned)]
    pub code: UserErrorCode,
    /// For people.
    #[graphql(owned)]
    pub message: String,
    /// Input field at fault.
    #[graphql(owned)]
    pub path: Option<Vec<String>>,
    /// When it was last heard from.
    pub last_seen_at: DateTime,
}

impl ClientOfflineError {
    /// The device named by `clientId` is offline.
    pub fn since(last_seen_at: DateTime) -> Self {
        Self {
            code: UserErrorCode::ClientOffline,
            message: "the device is offline".to_owned(),
            path: Some(super::input_field("clientId")),
            last_seen_at,
        }
    }
}
