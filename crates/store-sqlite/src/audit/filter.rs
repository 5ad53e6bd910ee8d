//! `AuditFilter::matches` as SQL. The contract suite holds both to the same answers.

use connector_domain::audit::{AuditFilter, AuditOperation, AuditOutcome};
use connector_domain::id::{CallerName, ClientId};
use sqlx::{QueryBuilder, Sqlite};

use crate::predicate::{push_one_of, push_range};

/// Appends conditions on `audit_entries a`.
pub(super) fn push_filter(query: &mut QueryBuilder<Sqlite>, filter: &AuditFilter) {
    if let Some(ids) = &filter.client_ids {
        push_one_of(query, "a.client_id", ids.iter().map(ClientId::as_str));
    }
    if let Some(names) = &filter.callers {
        push_one_of(query, "a.caller_name", names.iter().map(CallerName::as_str));
    }
    if let Some(operations) = &filter.operations {
        let operations = operations.iter().copied();
        push_one_of(query, "a.operation", operations.map(AuditOperation::as_str));
    }
    if let Some(outcomes) = &filter.outcomes {
        let outcomes = outcomes.iter().copied();
        push_one_of(query, "a.outcome", outcomes.map(AuditOutcome::as_str));
    }
    if let Some(range) = filter.occurred_at {
        push_range(query, "a.occurred_at", range);
    }
}
