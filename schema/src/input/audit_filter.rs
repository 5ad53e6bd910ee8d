//! `AuditFilter`.

use async_graphql::{ID, InputObject};
use connector_domain::audit as domain;

use super::checks;
use super::date_time_range::DateTimeRange;
use crate::enumeration::{AuditOperation, AuditOutcome};
use crate::error::Fault;

/// Which entries of the audit trail. Fields given are ANDed, values in a list are ORed.
#[derive(InputObject)]
pub struct AuditFilter {
    /// About these devices, at most 500.
    pub client_ids: Option<Vec<ID>>,
    /// By these callers, at most 500.
    pub callers: Option<Vec<String>>,
    /// One of these operations.
    pub operation: Option<Vec<AuditOperation>>,
    /// With one of these outcomes.
    pub outcome: Option<Vec<AuditOutcome>>,
    /// Asked within.
    pub occurred_at: Option<DateTimeRange>,
}

/// What an optional filter means.
pub(crate) fn audit_filter(filter: Option<AuditFilter>) -> Result<domain::AuditFilter, Fault> {
    let Some(filter) = filter else {
        return Ok(domain::AuditFilter::default());
    };
    Ok(domain::AuditFilter {
        client_ids: checks::ids("clientIds", filter.client_ids)?,
        callers: checks::ids("callers", filter.callers)?,
        operations: checks::converted("operation", filter.operation, Into::into)?,
        outcomes: checks::converted("outcome", filter.outcome, Into::into)?,
        occurred_at: filter.occurred_at.map(Into::into),
    })
}
