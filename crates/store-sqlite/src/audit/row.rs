//! An entry as its table holds it.

use connector_domain::audit::{Actor, AuditEntry, AuditOperation, AuditOutcome};
use connector_domain::caller::AuthMethod;
use connector_domain::id::{AuditId, CallerName, ClientId, MessageId, OrgId};
use connector_domain::stamp::Stamp;
use uuid::Uuid;

use crate::columns::columns;
use crate::error::Fault;

/// The columns of [`Row`], of `audit_entries a`.
pub(super) const COLUMNS: &str = "
    a.audit_id,
    a.occurred_at,
    a.org_id,
    a.caller_name,
    a.auth_method,
    a.caller_org_id,
    a.cross_tenant,
    a.request_id,
    a.remote_address,
    a.operation,
    a.client_id,
    a.directive,
    a.message_id,
    a.reason,
    a.outcome,
    a.refusal";

columns! {
    /// One row of `audit_entries`.
    pub(super) struct Row {
        audit_id: String,
        occurred_at: i64,
        org_id: Option<String>,
        caller_name: String,
        auth_method: String,
        caller_org_id: Option<String>,
        cross_tenant: bool,
        request_id: String,
        remote_address: Option<String>,
        operation: String,
        client_id: Option<String>,
        directive: Option<String>,
        message_id: Option<String>,
        reason: Option<String>,
        outcome: String,
        refusal: Option<String>,
    }
}

impl TryFrom<Row> for AuditEntry {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let odd = Fault::column;
        let org_id = row.org_id.map(OrgId::parse).transpose();
        let client_id = row.client_id.map(ClientId::parse).transpose();
        let operation = AuditOperation::parse(&row.operation);
        let outcome = AuditOutcome::parse(&row.outcome);
        let actor = Actor {
            name: CallerName::parse(row.caller_name)
                .map_err(|_| odd("audit_entries.caller_name"))?,
            auth_method: AuthMethod::parse(&row.auth_method)
                .ok_or_else(|| odd("audit_entries.auth_method"))?,
            org_id: row
                .caller_org_id
                .map(OrgId::parse)
                .transpose()
                .map_err(|_| odd("audit_entries.caller_org_id"))?,
            cross_tenant: row.cross_tenant,
            request_id: row.request_id,
            remote_address: row
                .remote_address
                .map(|text| text.parse())
                .transpose()
                .map_err(|_| odd("audit_entries.remote_address"))?,
        };
        Ok(Self {
            audit_id: AuditId::from(uuid_of(&row.audit_id)?),
            occurred_at: Stamp::from_nanos(row.occurred_at),
            org_id: org_id.map_err(|_| odd("audit_entries.org_id"))?,
            actor,
            operation: operation.ok_or_else(|| odd("audit_entries.operation"))?,
            client_id: client_id.map_err(|_| odd("audit_entries.client_id"))?,
            directive: row.directive,
            message_id: row
                .message_id
                .map(|text| uuid_of(&text))
                .transpose()?
                .map(MessageId::from),
            reason: row.reason,
            outcome: outcome.ok_or_else(|| odd("audit_entries.outcome"))?,
            refusal: row.refusal,
        })
    }
}

fn uuid_of(text: &str) -> Result<Uuid, Fault> {
    Uuid::parse_str(text).map_err(|_| Fault::column("an id of audit_entries"))
}
