//! Accepting a message from a caller.

use std::time::Duration;

use super::lifecycle::Moved;
use super::record::Message;
use crate::audit::AuditEntry;
use crate::stamp::Stamp;

/// How long whoever accepted a message is the only one who may publish it.
pub const SEND_LEASE: Duration = Duration::from_secs(10);

/// How much of its lease a sender must have left to start publishing.
pub const SEND_RESERVE: Duration = Duration::from_secs(3);

/// A message to store, QUEUED, together with the lease of whoever will publish it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// The message; its state is QUEUED and its organisation known.
    pub message: Message,
    /// Digest of the caller's whole request, to tell a retry from another request under the same id.
    pub request_hash: String,
    /// Until when the caller of the store is the only one who may publish it.
    pub lease_until: Stamp,
    /// The entry of the audit trail that is stored with it; `None` when no caller asked for it.
    pub audit: Option<AuditEntry>,
}

/// What the store did with a new message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepted {
    /// Stored; the caller holds the lease.
    Created(Moved),
    /// The same request was stored before; nothing is to be sent.
    Repeated(Message),
    /// The id was used before with another request: for this message, unless that is another organisation's.
    Conflict(Option<Message>),
}
