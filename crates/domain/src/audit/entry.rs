//! One thing that was asked for.

use super::actor::Actor;
use crate::connection::enum_text;
use crate::id::{AuditId, ClientId, MessageId, OrgId};
use crate::stamp::Stamp;

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuditOperation {
    /// Sending a data message.
    SendMessage,
    /// Asking for a pong.
    Ping,
    /// Asking a device to come back.
    Reconnect,
    /// Asking a device to stay away.
    Disconnect,
    /// Shutting a device out.
    BlockDevice,
    /// Letting it in again.
    UnblockDevice,
}

enum_text!(AuditOperation {
    SendMessage => "SEND_MESSAGE",
    Ping => "PING",
    Reconnect => "RECONNECT",
    Disconnect => "DISCONNECT",
    BlockDevice => "BLOCK_DEVICE",
    UnblockDevice => "UNBLOCK_DEVICE",
});

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuditOutcome {
    /// It was accepted; what became of the message is in its timeline.
    Accepted,
    /// The same request had been accepted before; nothing was sent again.
    Repeated,
    /// It was refused; nothing was sent.
    Refused,
}

enum_text!(AuditOutcome {
    Accepted => "ACCEPTED",
    Repeated => "REPEATED",
    Refused => "REFUSED",
});

/// One entry of the audit trail. Written once and never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Names the entry.
    pub audit_id: AuditId,
    /// When, by the server's clock.
    pub occurred_at: Stamp,
    /// Organisation it is filed under: the device's where the caller could see the device, else the one it acted for.
    /// An entry without one is in no read.
    pub org_id: Option<OrgId>,
    /// Who asked.
    pub actor: Actor,
    /// What for.
    pub operation: AuditOperation,
    /// The device named; `None` where that was no client id.
    pub client_id: Option<ClientId>,
    /// Worker it was for; data only.
    pub directive: Option<String>,
    /// The message, or the id that the caller chose for it.
    pub message_id: Option<MessageId>,
    /// Why a device was to be blocked.
    pub reason: Option<String>,
    /// What became of it.
    pub outcome: AuditOutcome,
    /// Code of the refusal, as the API spells it.
    pub refusal: Option<String>,
}
