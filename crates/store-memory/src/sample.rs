//! What tests of other crates put into a store where only that it is there matters.

use connector_domain::audit::{Actor, AuditEntry, AuditOperation, AuditOutcome};
use connector_domain::caller::AuthMethod;
use connector_domain::clock::{Clock, IdSource};
use connector_domain::id::CallerName;

/// An operator asked for this just now, of no device in particular.
pub fn asked(clock: &(impl Clock + IdSource), operation: AuditOperation) -> AuditEntry {
    AuditEntry {
        audit_id: clock.audit_id(),
        occurred_at: clock.now(),
        org_id: None,
        actor: Actor {
            name: CallerName::parse("operator").expect("a name"),
            auth_method: AuthMethod::Jwt,
            org_id: None,
            cross_tenant: true,
            request_id: "request-1".to_owned(),
            remote_address: None,
        },
        operation,
        client_id: None,
        directive: None,
        message_id: None,
        reason: None,
        outcome: AuditOutcome::Accepted,
        refusal: None,
    }
}
