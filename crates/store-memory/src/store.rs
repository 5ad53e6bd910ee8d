//! The maps, and the lock around them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use connector_domain::audit::{AuditEntry, AuditKeyset};
use connector_domain::block::DeviceBlock;
use connector_domain::connection::{Connection, ConnectionChange};
use connector_domain::id::{ClientId, MessageKey};
use connector_domain::message::{Message, Transition};
use connector_domain::stamp::Stamp;

/// Everything stored.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) devices: BTreeMap<ClientId, Device>,
    pub(crate) history: BTreeMap<(ClientId, i64), HistoryRow>,
    pub(crate) messages: BTreeMap<MessageKey, StoredMessage>,
    pub(crate) progress: BTreeMap<(String, i32), Stamp>,
    pub(crate) blocks: Vec<DeviceBlock>,
    pub(crate) audit: BTreeMap<AuditKeyset, AuditEntry>,
}

/// A connection record.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) record: Connection,
    /// When its newest version was made.
    pub(crate) changed_at: Stamp,
}

/// A change of a connection record.
#[derive(Debug)]
pub(crate) struct HistoryRow {
    pub(crate) change: ConnectionChange,
    pub(crate) published: bool,
}

/// A message with its timeline.
#[derive(Debug)]
pub(crate) struct StoredMessage {
    pub(crate) message: Message,
    pub(crate) timeline: Vec<TimelineRow>,
    /// Towards a device: digest of the request.
    pub(crate) request_hash: Option<String>,
    /// Towards a device: until when its sender alone may publish it.
    pub(crate) lease_until: Option<Stamp>,
}

/// A step of a message.
#[derive(Debug)]
pub(crate) struct TimelineRow {
    pub(crate) transition: Transition,
    pub(crate) published: bool,
}

/// The store. A cheap handle; every copy is the same store.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    tables: Arc<Mutex<Tables>>,
    statements: Arc<AtomicU64>,
}

impl MemoryStore {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many calls it has taken. A database would have run a small, fixed number of statements for each.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::SeqCst)
    }

    /// The tables, for one call.
    pub(crate) fn call(&self) -> MutexGuard<'_, Tables> {
        self.statements.fetch_add(1, Ordering::SeqCst);
        // A test that panicked inside a call is failing anyhow.
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
