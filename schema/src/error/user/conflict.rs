//! The refusal `ConflictError`.

use async_graphql::SimpleObject;

use super::UserErrorCode;
use crate::object::Message;

/// The message is past the state that the action needs, or the id was used before.
#[derive(SimpleObject)]
pub struct ConflictError {
    /// MESSAGE_STATE_CONFLICT or IDEMPOTENCY_CONFLICT
    #[graphql(owned)]
    pub code: UserErrorCode,
    /// For people.
    #[graphql(owned)]
    pub message: String,
    /// Input field at fault.
    #[graphql(owned)]
    pub path: Option<Vec<String>>,
    /// The message in the way.
    pub existing: Option<Message>,
}

impl ConflictError {
    /// `messageId` was used for another request. The message is named where the caller may know it.
    pub fn idempotency(existing: Option<Message>) -> Self {
        Self {
            code: UserErrorCode::IdempotencyConflict,
            message: "this messageId was used before with another request".to_owned(),
            path: Some(super::input_field("messageId")),
            existing,
        }
    }
}
