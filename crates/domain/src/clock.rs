//! Time and fresh ids are passed in, so that tests decide them.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::Utc;
use uuid::Uuid;

use crate::id::{AuditId, MessageId};
use crate::stamp::Stamp;

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// The time now, UTC.
    fn now(&self) -> Stamp;
}

/// Where fresh ids come from.
pub trait IdSource: Send + Sync {
    /// An id that nobody has had.
    fn message_id(&self) -> MessageId;

    /// One for an entry of the audit trail.
    fn audit_id(&self) -> AuditId {
        AuditId::from(self.message_id().as_uuid())
    }
}

/// The machine's clock and random ids.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Clock for System {
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place that reads the clock"
    )]
    fn now(&self) -> Stamp {
        Stamp::from(Utc::now())
    }
}

impl IdSource for System {
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place that makes random ids"
    )]
    fn message_id(&self) -> MessageId {
        MessageId::from(Uuid::new_v4())
    }
}

/// A clock that stands still until told, and ids that count: for tests.
#[derive(Debug, Default)]
pub struct Manual {
    now: AtomicI64,
    ids: AtomicU64,
    audit_ids: AtomicU64,
}

impl Manual {
    /// Starts at `now`.
    pub fn at(now: Stamp) -> Self {
        Self {
            now: AtomicI64::new(now.as_nanos()),
            ids: AtomicU64::new(0),
            audit_ids: AtomicU64::new(0),
        }
    }

    /// Moves the time on.
    pub fn advance(&self, by: std::time::Duration) {
        let nanos = i64::try_from(by.as_nanos()).unwrap_or(i64::MAX);
        self.now.fetch_add(nanos, Ordering::SeqCst);
    }
}

impl Clock for Manual {
    fn now(&self) -> Stamp {
        Stamp::from_nanos(self.now.load(Ordering::SeqCst))
    }
}

impl IdSource for Manual {
    fn message_id(&self) -> MessageId {
        let count = self.ids.fetch_add(1, Ordering::SeqCst) + 1;
        MessageId::from(Uuid::from_u128(u128::from(count)))
    }

    fn audit_id(&self) -> AuditId {
        let count = self.audit_ids.fetch_add(1, Ordering::SeqCst) + 1;
        AuditId::from(Uuid::from_u128(u128::from(count)))
    }
}
