//! `MessageFilter`.

use async_graphql::{ID, InputObject};
use connector_domain::caller::Caller;
use connector_domain::id::MessageId;
use connector_domain::message as domain;

use super::checks;
use super::date_time_range::DateTimeRange;
use crate::enumeration::{MessageDirection, MessageKind, MessageState};
use crate::error::Fault;
use crate::scalar::UuidText;

/// Which messages. Fields given are ANDed, values in a list are ORed.
#[derive(InputObject)]
pub struct MessageFilter {
    /// To or from these devices, at most 500.
    pub client_ids: Option<Vec<ID>>,
    /// Which way.
    pub direction: Option<MessageDirection>,
    /// What sort.
    pub kind: Option<Vec<MessageKind>>,
    /// In one of these states.
    pub state: Option<Vec<MessageState>>,
    /// For one of these workers.
    pub directive: Option<Vec<String>>,
    /// These wire ids, at most 500.
    pub message_ids: Option<Vec<UuidText>>,
    /// Answers to this message.
    pub response_to: Option<UuidText>,
    /// Sent by me (`viewer.name`).
    pub mine: Option<bool>,
    /// Accepted or received within.
    pub created_at: Option<DateTimeRange>,
}

/// What an optional filter means.
pub(crate) fn message_filter(
    filter: Option<MessageFilter>,
    caller: &Caller,
) -> Result<domain::MessageFilter, Fault> {
    let Some(filter) = filter else {
        return Ok(domain::MessageFilter::default());
    };
    let message_id = |uuid: UuidText| MessageId::from(uuid.0);
    let mine = filter.mine == Some(true);
    Ok(domain::MessageFilter {
        client_ids: checks::ids("clientIds", filter.client_ids)?,
        direction: filter.direction.map(Into::into),
        kinds: checks::converted("kind", filter.kind, Into::into)?,
        states: checks::converted("state", filter.state, Into::into)?,
        directives: checks::texts("directive", filter.directive)?,
        message_ids: checks::converted("messageIds", filter.message_ids, message_id)?,
        response_to: filter.response_to.map(message_id),
        sent_by: mine.then(|| caller.name.clone()),
        created_at: filter.created_at.map(Into::into),
    })
}
