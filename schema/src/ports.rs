//! What the contract is served from.

use std::sync::Arc;

use connector_domain::clock::{Clock, IdSource};
use connector_domain::port::{AuditReader, BlockReader, ConnectionReader, MessageReader};
use connector_domain::stamp::Stamp;
use connector_outbox::Outbox;

use crate::live::LiveEvents;
use crate::page::CursorKey;

/// Everything the resolvers work with.
#[derive(Clone)]
pub struct Ports {
    /// Reads of connection records.
    pub connections: Arc<dyn ConnectionReader>,
    /// Reads of messages.
    pub messages: Arc<dyn MessageReader>,
    /// Reads of the audit trail.
    pub audit: Arc<dyn AuditReader>,
    /// Reads of blocks.
    pub blocks: Arc<dyn BlockReader>,
    /// Sends messages.
    pub outbox: Outbox,
    /// Events as they happen.
    pub live: LiveEvents,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Fresh ids.
    pub ids: Arc<dyn IdSource>,
    /// Seals page cursors; the same on every server.
    pub cursor_key: CursorKey,
    /// About the running server.
    pub server: ServerFacts,
}

/// About the running server.
#[derive(Debug, Clone)]
pub struct ServerFacts {
    /// Semantic version.
    pub version: String,
    /// Source revision it was built from.
    pub revision: Option<String>,
    /// When it started: `presenceAsOf` before the first progress is known.
    pub started_at: Stamp,
}
