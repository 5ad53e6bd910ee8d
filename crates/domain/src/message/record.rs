//! One message, either way.

use serde::{Deserialize, Serialize};

use super::command::CommandName;
use super::filter::MessageView;
use super::lifecycle::{MessageFailure, MessageState};
use crate::connection::enum_text;
use crate::id::{CallerName, ClientId, MessageId, MessageKey, OrgId};
use crate::json::JsonText;
use crate::stamp::Stamp;

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MessageDirection {
    /// From a caller to a device.
    ToDevice,
    /// From a device.
    FromDevice,
}

enum_text!(MessageDirection { ToDevice => "TO_DEVICE", FromDevice => "FROM_DEVICE" });

/// What sort of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MessageKind {
    /// Payload for, or from, a worker.
    Data,
    /// ping, reconnect or disconnect.
    Command,
    /// An event the device reported.
    Event,
}

enum_text!(MessageKind { Data => "DATA", Command => "COMMAND", Event => "EVENT" });

/// A message to or from a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The device.
    pub client_id: ClientId,
    /// Our id of it; towards a device also the wire id.
    pub message_id: MessageId,
    /// The device's own id of it; `None` towards a device, empty where it sent none.
    pub wire_message_id: Option<String>,
    /// Organisation it happened under.
    pub org_id: Option<OrgId>,
    /// Which way.
    pub direction: MessageDirection,
    /// What sort.
    pub kind: MessageKind,
    /// Worker name; data only.
    pub directive: Option<String>,
    /// Which command; commands only.
    pub command: Option<CommandName>,
    /// Payload (of a command: the command with its arguments); `None` after its retention.
    pub content: Option<JsonText>,
    /// Pairs beside the payload: a JSON object.
    pub metadata: Option<JsonText>,
    /// Bytes of JSON of content and metadata.
    pub size_bytes: i32,
    /// How far it got.
    pub state: MessageState,
    /// Number of its newest transition.
    pub seq: i64,
    /// Why it FAILED.
    pub failure: Option<MessageFailure>,
    /// Who sent it; `None` from a device.
    pub sent_by: Option<CallerName>,
    /// When it was accepted or received.
    pub created_at: Stamp,
    /// The device's own clock, as written; for diagnosis only.
    pub device_sent: Option<String>,
    /// When it stops being worth delivering.
    pub expires_at: Option<Stamp>,
    /// Sent a second time under the same wire id after a crash.
    pub redelivered: bool,
    /// The message it answers, of the same device.
    pub response_to: Option<MessageId>,
}

impl Message {
    /// What names it everywhere.
    pub fn key(&self) -> MessageKey {
        MessageKey {
            client_id: self.client_id.clone(),
            message_id: self.message_id,
        }
    }

    /// PUBLISHED or UNCONFIRMED, past its time, and no answer yet.
    pub fn answer_overdue(&self, now: Stamp) -> bool {
        matches!(
            self.state,
            MessageState::Published | MessageState::Unconfirmed
        ) && self.expires_at.is_some_and(|expires_at| expires_at < now)
    }

    /// What filters and events look at.
    pub fn view(&self) -> MessageView {
        MessageView {
            client_id: self.client_id.clone(),
            message_id: self.message_id,
            org_id: self.org_id.clone(),
            direction: self.direction,
            kind: self.kind,
            directive: self.directive.clone(),
            state: self.state,
            sent_by: self.sent_by.clone(),
            created_at: self.created_at,
            response_to: self.response_to,
        }
    }
}
