//! What the events topics hold, as read.

use connector_domain::connection::ConnectionChange;
use connector_domain::event::{CONNECTION_CHANGED, CloudEvent, MESSAGE_MOVED};
use connector_domain::id::{ClientId, MessageKey, OrgId};
use serde_json::value::RawValue;

pub(crate) use connector_domain::event::MessageMoved;

/// One event.
#[derive(Debug)]
pub(crate) enum Event {
    Connection(Box<ConnectionChange>),
    Message(MessageMoved),
}

/// What makes two records repeats of one event.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum EventId {
    Connection(ClientId, i64),
    Message(MessageKey, i64),
}

/// Why a record is no event of ours.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotAnEvent {
    #[error("not an event: {0}")]
    Unreadable(#[from] serde_json::Error),
    #[error("an event of unknown type {0}")]
    UnknownType(String),
}

impl Event {
    pub fn read(value: &[u8]) -> Result<Self, NotAnEvent> {
        let event: CloudEvent<Box<RawValue>> = serde_json::from_slice(value)?;
        let data = event.data.get();
        match event.r#type.as_str() {
            CONNECTION_CHANGED => Ok(Self::Connection(serde_json::from_str(data)?)),
            MESSAGE_MOVED => Ok(Self::Message(serde_json::from_str(data)?)),
            _ => Err(NotAnEvent::UnknownType(event.r#type)),
        }
    }

    pub fn id(&self) -> EventId {
        match self {
            Self::Connection(change) => {
                EventId::Connection(change.after.client_id.clone(), change.version)
            }
            Self::Message(moved) => {
                let key = MessageKey {
                    client_id: moved.message.client_id.clone(),
                    message_id: moved.message.message_id,
                };
                EventId::Message(key, moved.seq)
            }
        }
    }

    /// The organisations that may see it, besides whoever sees all; each once.
    pub fn org_ids(&self) -> Vec<OrgId> {
        let mut org_ids: Vec<OrgId> = match self {
            Self::Connection(change) => {
                let before = change.before.as_ref().and_then(|view| view.org_id());
                let after = change.after.org_id();
                before.into_iter().chain(after).cloned().collect()
            }
            Self::Message(moved) => moved.message.org_id.iter().cloned().collect(),
        };
        org_ids.dedup();
        org_ids
    }
}
