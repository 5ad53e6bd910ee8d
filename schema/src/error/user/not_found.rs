//! The refusal `NotFoundError`.

use async_graphql::SimpleObject;

use super::UserErrorCode;

/// No such device or message in reach of the caller.
#[derive(SimpleObject)]
pub struct NotFoundError {
    /// CLIENT_NOT_FOUND or MESSAGE_NOT_FOUND
    #[graphql(owned)]
    pub code: UserErrorCode,
    /// For people.
    #[graphql(owned)]
    pub message: String,
    /// Input field at fault.
    #[graphql(owned)]
    pub path: Option<Vec<String>>,
}

impl NotFoundError {
    /// There is no such device, or it is somebody else's.
    pub fn client() -> Self {
        Self {
            code: UserErrorCode::ClientNotFound,
            message: "there is no such device".to_owned(),
            path: Some(super::input_field("clientId")),
        }
    }
}
