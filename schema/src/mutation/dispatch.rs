//! Sending a message on behalf of a caller: the same checks, in the same order, for data and commands.
//!
//! What the caller asked is checked before anything is looked up. Then the device is looked up in the caller's scope;
//! one of another tenant is not found. An id used before is settled before the device's state is looked at, so that a
//! retry gives the first result even if the device has gone offline since.

use std::sync::Arc;
use std::time::Duration;

use connector_domain::connection::{Connection, ConnectionState};
use connector_domain::id::{ClientId, MessageId, OrgId};
use connector_domain::json::JsonText;
use connector_domain::message::{
    CommandName, Message, MessageDirection, MessageKind, MessageState, NewMessage, SEND_LEASE,
};
use connector_domain::scope::Scope;
use connector_outbox::Sent;

use super::attempt::Attempt;
use super::request_hash::request_hash;
use crate::access::Access;
use crate::error::Fault;
use crate::error::user::{
    ClientOfflineError, ConflictError, DeviceBlockedError, DirectiveNotAvailableError,
    NotFoundError, UserError,
};
use crate::object;

/// What is to be sent, with everything the caller's input can be checked for checked.
pub(super) struct Order {
    pub client_id: ClientId,
    pub kind: MessageKind,
    pub directive: Option<String>,
    pub command: Option<CommandName>,
    pub content: Option<JsonText>,
    pub metadata: Option<JsonText>,
    pub message_id: Option<MessageId>,
    pub time_to_live: Duration,
}

/// Whether the message goes out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Intent {
    Send,
    /// Check everything, send nothing.
    DryRun,
}

/// What the payload tells.
#[derive(Default)]
pub(super) struct Outcome {
    pub message: Option<object::Message>,
    pub duplicate: bool,
    pub errors: Vec<UserError>,
}

impl Outcome {
    pub fn refused(error: UserError) -> Self {
        Self {
            errors: vec![error],
            ..Self::default()
        }
    }

    pub fn client_not_found() -> Self {
        Self::refused(UserError::NotFound(NotFoundError::client()))
    }
}

/// Sends, or says why not. What came of it is in the audit trail.
pub(super) async fn dispatch(
    mut attempt: Attempt<'_>,
    order: Order,
    intent: Intent,
) -> Result<Outcome, Fault> {
    let loaders = attempt.access.loaders()?;
    let device = loaders.connection(order.client_id.clone()).await?;
    attempt.on(device.as_deref());
    let outcome = decide(&attempt, order, device.as_deref(), intent).await?;
    if intent == Intent::Send {
        attempt.settle(&outcome.errors, outcome.duplicate).await;
    }
    Ok(outcome)
}

async fn decide(
    attempt: &Attempt<'_>,
    order: Order,
    device: Option<&Connection>,
    intent: Intent,
) -> Result<Outcome, Fault> {
    let earlier = earlier_message(&attempt.access, &order, device).await?;
    if let Some(earlier) = earlier {
        return repeat(attempt, order, earlier, intent).await;
    }
    let Some(device) = device else {
        return Ok(Outcome::client_not_found());
    };
    if let Some(refusal) = blocked(&attempt.access, &order.client_id).await? {
        return Ok(Outcome::refused(refusal));
    }
    if let Some(refusal) = refusal(device, &order) {
        return Ok(Outcome::refused(refusal));
    }
    let Some(org_id) = device.tenant.org_id() else {
        return Ok(Outcome::client_not_found());
    };
    match intent {
        Intent::DryRun => Ok(Outcome::default()),
        Intent::Send => send(attempt, order, org_id.clone()).await,
    }
}

/// The message sent before under the same id in the organisation that the new one would belong to. The device may be
/// gone meanwhile: then the message of this caller's scope to that device.
async fn earlier_message(
    access: &Access<'_>,
    order: &Order,
    device: Option<&Connection>,
) -> Result<Option<Message>, Fault> {
    let org_id = device.and_then(|device| device.tenant.org_id());
    let scope = match org_id {
        Some(org_id) => Some(Scope::org(org_id.clone())),
        None => access.scope(),
    };
    let (Some(message_id), Some(scope)) = (order.message_id, scope) else {
        return Ok(None);
    };
    let reader = &access.ports.messages;
    let found = reader.messages_by_id(&scope, message_id).await?;
    Ok(found.into_iter().find(|message| {
        message.direction == MessageDirection::ToDevice
            && (org_id.is_some() || message.client_id == order.client_id)
    }))
}

/// Settles an id used before: the store tells a retry from another request.
async fn repeat(
    attempt: &Attempt<'_>,
    order: Order,
    earlier: Message,
    intent: Intent,
) -> Result<Outcome, Fault> {
    if intent == Intent::DryRun {
        let same = asks_for(&order, &earlier);
        return Ok(if same {
            Outcome {
                duplicate: true,
                ..Outcome::default()
            }
        } else {
            conflict(&attempt.access, Some(earlier))
        });
    }
    match earlier.org_id.clone() {
        Some(org_id) => send(attempt, order, org_id).await,
        None => Ok(conflict(&attempt.access, Some(earlier))),
    }
}

/// Whether a request would have made this message, as far as it is still kept.
fn asks_for(order: &Order, earlier: &Message) -> bool {
    let kept = |stored: &Option<JsonText>, asked: &Option<JsonText>| {
        stored.is_none() || stored.as_ref() == asked.as_ref()
    };
    order.client_id == earlier.client_id
        && order.kind == earlier.kind
        && order.directive == earlier.directive
        && order.command == earlier.command
        && kept(&earlier.content, &order.content)
        && kept(&earlier.metadata, &order.metadata)
}

/// The message in the way is named to whoever may know it: the id may have been used for this device by the
/// organisation that had it before.
fn conflict(access: &Access<'_>, existing: Option<Message>) -> Outcome {
    let scope = access.scope();
    let in_reach = |message: &Message| {
        scope.is_some_and(|scope| scope.sees(message.org_id.as_ref())) && access.may_see(message)
    };
    let existing = existing
        .filter(in_reach)
        .map(|message| object::Message(Arc::new(message)));
    Outcome::refused(UserError::Conflict(ConflictError::idempotency(existing)))
}

/// Nothing is sent to a blocked device.
async fn blocked(access: &Access<'_>, client_id: &ClientId) -> Result<Option<UserError>, Fault> {
    let block = access.loaders()?.block(client_id.clone()).await?;
    let error = block.map(|block| DeviceBlockedError::since(block.blocked_at.into()));
    Ok(error.map(UserError::DeviceBlocked))
}

/// Why the device cannot take it now.
fn refusal(device: &Connection, order: &Order) -> Option<UserError> {
    // A ping is how to find out whether it is really gone.
    let is_ping = order.command == Some(CommandName::Ping);
    if device.state == ConnectionState::Offline && !is_ping {
        let since = device.last_seen_at.into();
        return Some(UserError::ClientOffline(ClientOfflineError::since(since)));
    }
    let directive = order.directive.as_deref()?;
    let details = device.details.as_ref();
    let dispatchers = details.map(|details| &details.dispatchers);
    if dispatchers.is_some_and(|dispatchers| dispatchers.contains_key(directive)) {
        return None;
    }
    let names = dispatchers.into_iter().flat_map(|all| all.keys().cloned());
    let error = DirectiveNotAvailableError::only(names.collect());
    Some(UserError::DirectiveNotAvailable(error))
}

async fn send(attempt: &Attempt<'_>, order: Order, org_id: OrgId) -> Result<Outcome, Fault> {
    let access = &attempt.access;
    let new = new_message(attempt, order, org_id)?;
    let outcome = match access.ports.outbox.send(new).await? {
        Sent::Accepted(message) => accepted(message, false),
        Sent::Repeated(message) => accepted(message, true),
        Sent::Conflict(message) => conflict(access, message),
    };
    Ok(outcome)
}

fn accepted(message: Message, duplicate: bool) -> Outcome {
    Outcome {
        message: Some(object::Message(Arc::new(message))),
        duplicate,
        errors: Vec::new(),
    }
}

fn new_message(attempt: &Attempt<'_>, order: Order, org_id: OrgId) -> Result<NewMessage, Fault> {
    let access = &attempt.access;
    let request_hash = request_hash(&order).map_err(Fault::internal)?;
    let now = access.ports.clock.now();
    let message_id = order.message_id;
    let message_id = message_id.unwrap_or_else(|| access.ports.ids.message_id());
    let audit = Some(attempt.accepted(&org_id, message_id));
    let message = Message {
        message_id,
        size_bytes: i32::try_from(order.size_bytes()).unwrap_or(i32::MAX),
        client_id: order.client_id,
        wire_message_id: None,
        org_id: Some(org_id),
        direction: MessageDirection::ToDevice,
        kind: order.kind,
        directive: order.directive,
        command: order.command,
        content: order.content,
        metadata: order.metadata,
        state: MessageState::Queued,
        seq: 1,
        failure: None,
        sent_by: Some(access.caller.name.clone()),
        created_at: now,
        device_sent: None,
        expires_at: Some(now.plus(order.time_to_live)),
        redelivered: false,
        response_to: None,
    };
    Ok(NewMessage {
        message,
        request_hash,
        lease_until: now.plus(SEND_LEASE),
        audit,
    })
}

impl Order {
    /// Bytes of JSON of content and metadata.
    pub fn size_bytes(&self) -> usize {
        let bytes = |json: &Option<JsonText>| json.as_ref().map_or(0, |json| json.as_str().len());
        bytes(&self.content) + bytes(&self.metadata)
    }
}
