//! The refusal `DirectiveNotAvailableError`.

use async_graphql::SimpleObject;

use super::UserErrorCode;

/// The device has no such dispatcher.
#[derive(SimpleObject)]
pub struct DirectiveNotAvailableError {
    /// DIRECTIVE_NOT_AVAILABLE
    #[graphql(owned)]
    pub code: UserErrorCode,
    /// For people.
    #[graphql(owned)]
    pub message: String,
    /// Input field at fault.
    #[graphql(owned)]
    pub path: Option<Vec<String>>,
    /// What it does have.
    pub available: Vec<String>,
}

impl DirectiveNotAvailableError {
    /// The device has these dispatchers and not the one named by `directive`.
    pub fn only(available: Vec<String>) -> Self {
        Self {
            code: UserErrorCode::DirectiveNotAvailable,
            message: "the device has no such dispatcher".to_owned(),
            path: Some(super::input_field("directive")),
            available,
        }
    }
}
