//! Codes of refusals.

use std::fmt;

use async_graphql::Enum;
use async_graphql::resolver_utils::enum_value;

/// Every code a UserError can carry. New codes may be added: treat an unknown one as a refusal.
#[derive(Debug, Enum, Clone, Copy, PartialEq, Eq)]
pub enum UserErrorCode {
    /// A value is out of range or malformed.
    InvalidInput,
    /// No such device in reach of the caller.
    ClientNotFound,
    /// The device is offline and `whenOffline` is REJECT.
    ClientOffline,
    /// The device is blocked: nothing is sent to it.
    ClientBlocked,
    /// The device has no such dispatcher.
    DirectiveNotAvailable,
    /// No such message in reach of the caller.
    MessageNotFound,
    /// The message is past the state that the action needs.
    MessageStateConflict,
    /// The id was used before with another request.
    IdempotencyConflict,
    /// Content and metadata are too large.
    MessageTooLarge,
    /// Too many messages waiting for this device.
    QueueFull,
    /// The caller sends too fast.
    RateLimited,
}

impl fmt::Display for UserErrorCode {
    /// As the contract spells it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        enum_value(*self).fmt(f)
    }
}
