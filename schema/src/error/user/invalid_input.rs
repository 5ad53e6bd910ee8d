//! The refusal `InvalidInputError`.

use async_graphql::SimpleObject;

use super::UserErrorCode;

/// A value is out of range or malformed.
#[derive(SimpleObject)]
pub struct InvalidInputError {
    /// INVALID_INPUT
    #[graphql(owned)]
    pub code: UserErrorCode,
    /// For people.
    #[graphql(owned)]
    pub message: String,
    /// Input field at fault.
    #[graphql(owned)]
    pub path: Option<Vec<String>>,
}

impl InvalidInputError {
    /// A field of `input` is out of range or malformed.
    pub fn field(name: &str, message: impl Into<String>) -> Self {
        Self {
            code: UserErrorCode::InvalidInput,
            message: message.into(),
            path: Some(super::input_field(name)),
        }
    }
}
