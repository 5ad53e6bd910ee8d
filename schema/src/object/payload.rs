//! Outcomes of mutations.

use async_graphql::SimpleObject;

use super::{ConnectionStatus, DeviceBlock, Message};
use crate::error::user::UserError;

/// Either `message` or at least one error.
#[derive(SimpleObject)]
pub struct SendMessagePayload {
    /// The message, QUEUED or further; `null` when refused, and on a dry run.
    pub message: Option<Message>,
    /// True when this id had been accepted before.
    pub duplicate: bool,
    /// Why it was refused.
    pub errors: Vec<UserError>,
}

/// Either `message` (the command) or at least one error.
#[derive(SimpleObject)]
pub struct CommandPayload {
    /// The command message. Watch it with `messageStateChanged`: a pong makes it RESPONDED.
    pub message: Option<Message>,
    /// True when this id had been accepted before.
    pub duplicate: bool,
    /// Why it was refused.
    pub errors: Vec<UserError>,
}

/// The block as it is now, or at least one error.
#[derive(SimpleObject)]
pub struct DeviceBlockPayload {
    /// The device; `null` when it was refused, and where there is no record of it.
    pub connection: Option<ConnectionStatus>,
    /// The block that holds, or that was lifted; `null` when there was none, and of another organisation's.
    pub block: Option<DeviceBlock>,
    /// True when it was so already.
    pub duplicate: bool,
    /// Why it was refused.
    pub errors: Vec<UserError>,
}
