//! The audit trail as log lines: one for each thing a caller asked for, with its outcome and without payloads.
//!
//! Their target is `audit`, so that they can be told from others, kept longer, and kept when little else is logged
//! (`log.level = "warn,audit=info"`).

use connector_domain::audit::AuditEntry;
use connector_domain::id::{ClientId, OrgId};
use tracing::info;

/// Writes the line of an entry.
pub fn log_entry(entry: &AuditEntry) {
    let actor = &entry.actor;
    info!(
        target: "audit",
        // First, since the macro takes no name with a dot after a target.
        operation = entry.operation.as_str(),
        audit.id = %entry.audit_id,
        outcome = entry.outcome.as_str(),
        refusal = entry.refusal.as_deref(),
        client.id = entry.client_id.as_ref().map(ClientId::as_str),
        org.id = entry.org_id.as_ref().map(OrgId::as_str),
        reason = entry.reason.as_deref(),
        message.id = entry.message_id.map(tracing::field::display),
        directive = entry.directive.as_deref(),
        caller.name = actor.name.as_str(),
        caller.kind = actor.auth_method.as_str(),
        caller.org_id = actor.org_id.as_ref().map(OrgId::as_str),
        caller.cross_tenant = actor.cross_tenant,
        caller.address = actor.remote_address.map(tracing::field::display),
        request.id = actor.request_id,
        "a caller acted on a device"
    );
}
