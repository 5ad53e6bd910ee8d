//! Which entries an auditor means, and where a page of them begins.

use serde::{Deserialize, Serialize};

use super::entry::{AuditEntry, AuditOperation, AuditOutcome};
use crate::connection::StampRange;
use crate::id::{AuditId, CallerName, ClientId};
use crate::stamp::Stamp;

/// Which entries. Fields that are `Some` must all pass; an empty list passes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// About one of these devices.
    pub client_ids: Option<Vec<ClientId>>,
    /// By one of these callers.
    pub callers: Option<Vec<CallerName>>,
    /// One of these operations.
    pub operations: Option<Vec<AuditOperation>>,
    /// With one of these outcomes.
    pub outcomes: Option<Vec<AuditOutcome>>,
    /// Within.
    pub occurred_at: Option<StampRange>,
}

impl AuditFilter {
    /// Whether an entry passes.
    pub fn matches(&self, entry: &AuditEntry) -> bool {
        one_of(self.client_ids.as_deref(), entry.client_id.as_ref())
            && one_of(self.callers.as_deref(), Some(&entry.actor.name))
            && one_of(self.operations.as_deref(), Some(&entry.operation))
            && one_of(self.outcomes.as_deref(), Some(&entry.outcome))
            && self
                .occurred_at
                .is_none_or(|range| range.contains(entry.occurred_at))
    }
}

fn one_of<T: PartialEq>(wanted: Option<&[T]>, actual: Option<&T>) -> bool {
    wanted.is_none_or(|wanted| actual.is_some_and(|actual| wanted.contains(actual)))
}

/// A place in the trail, which is read newest first: the derived order is the reverse of the list's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AuditKeyset {
    /// When.
    pub occurred_at: Stamp,
    /// Tie-break.
    pub audit_id: AuditId,
}

impl AuditKeyset {
    /// The place of an entry.
    pub fn of(entry: &AuditEntry) -> Self {
        Self {
            occurred_at: entry.occurred_at,
            audit_id: entry.audit_id,
        }
    }
}
