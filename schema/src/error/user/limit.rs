//! The refusal `LimitError`.

use async_graphql::SimpleObject;

use super::UserErrorCode;

/// A limit was hit.
#[derive(SimpleObject)]
pub struct LimitError {
    /// MESSAGE_TOO_LARGE, QUEUE_FULL or RATE_LIMITED
    #[graphql(owned)]
    pub code: UserErrorCode,
    /// For people.
    #[graphql(owned)]
    pub message: String,
    /// Input field at fault.
    #[graphql(owned)]
    pub path: Option<Vec<String>>,
    /// The limit.
    pub limit: i32,
    /// What was asked, where that can be told.
    pub actual: Option<i32>,
    /// Try again after so many milliseconds.
    pub retry_after_ms: Option<i32>,
}

impl LimitError {
    /// `content` and `metadata` together have more bytes of JSON than one message may.
    pub fn message_too_large(limit: usize, actual: usize) -> Self {
        Self {
            code: UserErrorCode::MessageTooLarge,
            message: "content and metadata are too large".to_owned(),
            path: Some(super::input_field("content")),
            limit: i32::try_from(limit).unwrap_or(i32::MAX),
            actual: i32::try_from(actual).ok(),
            retry_after_ms: None,
        }
    }
}
