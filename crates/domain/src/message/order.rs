//! How a list of messages is sorted: by the time accepted or received, ties by message id, then by device.

use serde::{Deserialize, Serialize};

use super::record::Message;
use crate::id::{ClientId, MessageId};
use crate::page::Direction;
use crate::stamp::Stamp;

/// Sort order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessageOrder {
    /// Which way.
    pub direction: Direction,
}

impl Default for MessageOrder {
    fn default() -> Self {
        Self {
            direction: Direction::Descending,
        }
    }
}

/// A place in a sorted list. The derived order (ascending) is the list's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MessageKeyset {
    /// When accepted or received.
    pub created_at: Stamp,
    /// Tie-break.
    pub message_id: MessageId,
    /// Second tie-break: ids from devices are unique per device only.
    pub client_id: ClientId,
}

impl MessageKeyset {
    /// The place of a message.
    pub fn of(message: &Message) -> Self {
        Self {
            created_at: message.created_at,
            message_id: message.message_id,
            client_id: message.client_id.clone(),
        }
    }
}
