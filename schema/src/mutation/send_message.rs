//! `sendMessage`.

use std::collections::BTreeMap;
use std::time::Duration;

use async_graphql::{Context, Object, Result};
use connector_domain::audit::AuditOperation;
use connector_domain::caller::Permission;
use connector_domain::id::{ClientId, MessageId};
use connector_domain::json::JsonText;
use connector_domain::message::MessageKind;

use super::attempt::Attempt;
use super::dispatch::{Intent, Order, Outcome, dispatch};
use crate::enumeration::WhenOffline;
use crate::error::user::{InvalidInputError, LimitError, UserError};
use crate::input::SendMessageInput;
use crate::limits::Limits;
use crate::object::SendMessagePayload;

#[derive(Default)]
pub struct SendMessageMutation;

#[Object]
impl SendMessageMutation {
    /// Send one data message.
    async fn send_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to send.")] input: SendMessageInput,
    ) -> Result<SendMessagePayload> {
        let (permission, operation) = (Permission::MessageSend, AuditOperation::SendMessage);
        let attempt = Attempt::begin(ctx, permission, operation, &input.client_id)?
            .for_worker(&input.directive)
            .under(input.message_id.as_ref());
        let intent = if input.dry_run {
            Intent::DryRun
        } else {
            Intent::Send
        };
        let WhenOffline::Reject = input.when_offline;
        let refused = match order(input, ctx.data::<Limits>()?) {
            Ok(Some(order)) => return Ok(dispatch(attempt, order, intent).await?.into()),
            Ok(None) => Outcome::client_not_found(),
            Err(refusal) => Outcome::refused(refusal),
        };
        if intent == Intent::Send {
            attempt.settle(&refused.errors, false).await;
        }
        Ok(refused.into())
    }
}

impl From<Outcome> for SendMessagePayload {
    fn from(outcome: Outcome) -> Self {
        Self {
            message: outcome.message,
            duplicate: outcome.duplicate,
            errors: outcome.errors,
        }
    }
}

/// Checks the input alone. `None` when the client id is none: there is no such device.
fn order(input: SendMessageInput, limits: &Limits) -> Result<Option<Order>, UserError> {
    if input.directive.is_empty() {
        return Err(invalid("directive", "a directive is required"));
    }
    let metadata = input.metadata.map(|metadata| metadata.0);
    if metadata.as_ref().is_some_and(|json| !holds_strings(json)) {
        return Err(invalid("metadata", "every value must be a string"));
    }
    let time_to_live = time_to_live(input.expires_in_seconds, limits.message_ttl_seconds)
        .map_err(|problem| invalid("expiresInSeconds", problem))?;
    let Ok(client_id) = ClientId::parse(input.client_id.0) else {
        return Ok(None);
    };
    let order = Order {
        client_id,
        kind: MessageKind::Data,
        directive: Some(input.directive),
        command: None,
        content: input.content.map(|content| content.0),
        metadata,
        message_id: input.message_id.map(|uuid| MessageId::from(uuid.0)),
        time_to_live,
    };
    let (limit, actual) = (limits.message_bytes, order.size_bytes());
    if actual > limit {
        let error = LimitError::message_too_large(limit, actual);
        return Err(UserError::Limit(error));
    }
    Ok(Some(order))
}

fn invalid(field: &str, problem: impl Into<String>) -> UserError {
    UserError::InvalidInput(InvalidInputError::field(field, problem))
}

/// Agents reject metadata that is not an object of strings.
fn holds_strings(json: &JsonText) -> bool {
    serde_json::from_str::<BTreeMap<String, String>>(json.as_str()).is_ok()
}

/// Seconds within 1 and `limit`, or what is wrong with them.
pub(super) fn time_to_live(seconds: i32, limit: i32) -> Result<Duration, String> {
    match u64::try_from(seconds) {
        Ok(seconds @ 1..) if seconds <= u64::try_from(limit).unwrap_or(0) => {
            Ok(Duration::from_secs(seconds))
        }
        _ => Err(format!("must be between 1 and {limit}")),
    }
}
