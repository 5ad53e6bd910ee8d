//! What a device sent, and which message it answers.

use super::lifecycle::MessageState;
use super::record::{Message, MessageDirection, MessageKind};
use crate::id::{ClientId, MessageId, OrgId};
use crate::json::JsonText;
use crate::stamp::Position;

/// A message from a device, as read from Kafka and not stored yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The device.
    pub client_id: ClientId,
    /// Where its record is; its stamp is when we received it.
    pub position: Position,
    /// DATA or EVENT.
    pub kind: MessageKind,
    /// The device's own id of it; empty where it sent none. Unique per device where not empty.
    pub wire_message_id: String,
    /// Worker it comes from.
    pub directive: Option<String>,
    /// Pairs beside the payload.
    pub metadata: Option<JsonText>,
    /// Payload.
    pub content: Option<JsonText>,
    /// The device's clock, as written.
    pub device_sent: Option<String>,
    /// What it answers.
    pub answer: Option<Answer>,
}

/// An answer to a message of ours: it counts only when that message went to the same device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The message answered.
    pub response_to: MessageId,
    /// RESPONDED or REJECTED.
    pub outcome: MessageState,
}

impl Arrival {
    /// Our id of it: the same on every replay.
    pub fn message_id(&self) -> MessageId {
        MessageId::of_arrival(&self.client_id, self.position.stamp)
    }

    /// The message to store: under the organisation its device belongs to, and answering `response_to` where a
    /// message with that id went to the same device.
    pub fn into_message(self, org_id: Option<OrgId>, response_to: Option<MessageId>) -> Message {
        let bytes = |json: &Option<JsonText>| json.as_ref().map_or(0, |json| json.as_str().len());
        let size = bytes(&self.content).saturating_add(bytes(&self.metadata));
        Message {
            message_id: self.message_id(),
            client_id: self.client_id,
            wire_message_id: Some(self.wire_message_id),
            org_id,
            direction: MessageDirection::FromDevice,
            kind: self.kind,
            directive: self.directive,
            command: None,
            content: self.content,
            metadata: self.metadata,
            size_bytes: i32::try_from(size).unwrap_or(i32::MAX),
            state: MessageState::Responded,
            seq: 1,
            failure: None,
            sent_by: None,
            created_at: self.position.stamp,
            device_sent: self.device_sent,
            expires_at: None,
            redelivered: false,
            response_to,
        }
    }
}
