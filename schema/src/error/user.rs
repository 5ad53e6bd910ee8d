//! Refusals as data: the interface `UserError` and its concrete types.

mod client_offline;
mod code;
mod conflict;
mod device_blocked;
mod directive_not_available;
mod invalid_input;
mod limit;
mod not_found;

use async_graphql::Interface;

pub(crate) use client_offline::ClientOfflineError;
pub(crate) use code::UserErrorCode;
pub(crate) use conflict::ConflictError;
pub(crate) use device_blocked::DeviceBlockedError;
pub(crate) use directive_not_available::DirectiveNotAvailableError;
pub(crate) use invalid_input::InvalidInputError;
pub(crate) use limit::LimitError;
pub(crate) use not_found::NotFoundError;

/// Something the caller can act on. System faults are in the top-level `errors` instead.
#[derive(Interface)]
#[graphql(
    field(
        name = "code",
        ty = "UserErrorCode",
        desc = "Stable and machine readable."
    ),
    field(
        name = "message",
        ty = "String",
        desc = "For people; wording may change."
    ),
    field(
        name = "path",
        ty = "Option<Vec<String>>",
        desc = "Input field at fault, e.g. `[\"input\", \"clientIds\", \"3\"]`; `null` when none is."
    )
)]
pub enum UserError {
    InvalidInput(InvalidInputError),
    NotFound(NotFoundError),
    ClientOffline(ClientOfflineError),
    DeviceBlocked(DeviceBlockedError),
    DirectiveNotAvailable(DirectiveNotAvailableError),
    Conflict(ConflictError),
    Limit(LimitError),
}

impl UserError {
    /// Its code.
    pub(crate) fn error_code(&self) -> UserErrorCode {
        match self {
            Self::InvalidInput(error) => error.code,
            Self::NotFound(error) => error.code,
            Self::ClientOffline(error) => error.code,
            Self::DeviceBlocked(error) => error.code,
            Self::DirectiveNotAvailable(error) => error.code,
            Self::Conflict(error) => error.code,
            Self::Limit(error) => error.code,
        }
    }
}

/// The path of a field of `input`.
pub(crate) fn input_field(name: &str) -> Vec<String> {
    vec!["input".to_owned(), name.to_owned()]
}
