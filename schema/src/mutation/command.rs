//! What the three commands share.

use std::time::Duration;

use async_graphql::ID;
use connector_domain::id::{ClientId, MessageId};
use connector_domain::json::JsonText;
use connector_domain::message::{Command, MessageKind};

use super::attempt::Attempt;
use super::dispatch::{Intent, Order, Outcome, dispatch};
use crate::error::Fault;
use crate::error::user::{InvalidInputError, UserError};
use crate::object::CommandPayload;
use crate::scalar::UuidText;

/// How long a command without a time of its own is worth delivering.
pub(super) const TIME_TO_LIVE: Duration = Duration::from_secs(30);

/// Most characters of a reason.
const REASON_LENGTH: usize = 200;

/// Which device gets a command, under which id and for how long it is worth it.
pub(super) struct Target {
    pub client_id: ID,
    pub message_id: Option<UuidText>,
    pub time_to_live: Duration,
}

/// Sends a command. Its content is the command itself, so that it can be sent again as it was.
pub(super) async fn command(
    attempt: Attempt<'_>,
    target: Target,
    command: &Command,
) -> Result<CommandPayload, Fault> {
    let Ok(client_id) = ClientId::parse(target.client_id.0) else {
        return Ok(refuse(attempt, Outcome::client_not_found()).await);
    };
    let content = serde_json::to_string(command).and_then(JsonText::parse);
    let order = Order {
        client_id,
        kind: MessageKind::Command,
        directive: None,
        command: Some(command.name()),
        content: Some(content.map_err(Fault::internal)?),
        metadata: None,
        message_id: target.message_id.map(|uuid| MessageId::from(uuid.0)),
        time_to_live: target.time_to_live,
    };
    Ok(dispatch(attempt, order, Intent::Send).await?.into())
}

/// Ends an attempt before its device is looked up.
pub(super) async fn refuse(attempt: Attempt<'_>, outcome: Outcome) -> CommandPayload {
    attempt.settle(&outcome.errors, false).await;
    outcome.into()
}

/// Refused for one field of the input.
pub(super) fn invalid(field: &str, problem: impl Into<String>) -> Outcome {
    let error = InvalidInputError::field(field, problem);
    Outcome::refused(UserError::InvalidInput(error))
}

impl From<Outcome> for CommandPayload {
    fn from(outcome: Outcome) -> Self {
        Self {
            message: outcome.message,
            duplicate: outcome.duplicate,
            errors: outcome.errors,
        }
    }
}

/// Whether a reason is short enough for a device's log.
pub(super) fn check_reason(reason: Option<&str>) -> Result<(), Outcome> {
    if reason.is_some_and(|reason| reason.chars().count() > REASON_LENGTH) {
        let problem = format!("takes at most {REASON_LENGTH} characters");
        return Err(invalid("reason", problem));
    }
    Ok(())
}
