//! Which messages a caller means.

use serde::{Deserialize, Serialize};

use super::lifecycle::MessageState;
use super::record::{MessageDirection, MessageKind};
use crate::connection::StampRange;
use crate::id::{CallerName, ClientId, MessageId, OrgId};
use crate::stamp::Stamp;

/// A message as filters and events see it: no payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageView {
    /// The device.
    pub client_id: ClientId,
    /// Our id of it.
    pub message_id: MessageId,
    /// Organisation it happened under.
    pub org_id: Option<OrgId>,
    /// Which way.
    pub direction: MessageDirection,
    /// What sort.
    pub kind: MessageKind,
    /// Worker name.
    pub directive: Option<String>,
    /// How far it got.
    pub state: MessageState,
    /// Who sent it.
    pub sent_by: Option<CallerName>,
    /// When it was accepted or received.
    pub created_at: Stamp,
    /// The message it answers.
    pub response_to: Option<MessageId>,
}

/// Which messages. Fields that are `Some` must all pass; an empty list passes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct MessageFilter {
    /// To or from these devices.
    pub client_ids: Option<Vec<ClientId>>,
    /// Which way.
    pub direction: Option<MessageDirection>,
    /// What sort.
    pub kinds: Option<Vec<MessageKind>>,
    /// In one of these states.
    pub states: Option<Vec<MessageState>>,
    /// For or from one of these workers.
    pub directives: Option<Vec<String>>,
    /// These ids.
    pub message_ids: Option<Vec<MessageId>>,
    /// Answers to this message.
    pub response_to: Option<MessageId>,
    /// Sent by this caller.
    pub sent_by: Option<CallerName>,
    /// Accepted or received within.
    pub created_at: Option<StampRange>,
}

impl MessageFilter {
    /// Whether a message passes.
    pub fn matches(&self, view: &MessageView) -> bool {
        one_of(self.client_ids.as_deref(), Some(&view.client_id))
            && self.direction.is_none_or(|wanted| wanted == view.direction)
            && one_of(self.kinds.as_deref(), Some(&view.kind))
            && one_of(self.states.as_deref(), Some(&view.state))
            && one_of(self.directives.as_deref(), view.directive.as_ref())
            && one_of(self.message_ids.as_deref(), Some(&view.message_id))
            && self
                .response_to
                .is_none_or(|wanted| view.response_to == Some(wanted))
            && self
                .sent_by
                .as_ref()
                .is_none_or(|wanted| view.sent_by.as_ref() == Some(wanted))
            && self
                .created_at
                .is_none_or(|range| range.contains(view.created_at))
    }
}

fn one_of<T: PartialEq>(wanted: Option<&[T]>, actual: Option<&T>) -> bool {
    wanted.is_none_or(|wanted| actual.is_some_and(|actual| wanted.contains(actual)))
}
