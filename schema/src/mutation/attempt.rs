//! What a caller tries, for the audit trail. It ends in one of three ways: accepted, and then its entry is stored with
//! the message; refused or repeated, and then the entry is recorded alone; without the permission, and then it is a
//! line of the log alone, so that whoever may do nothing cannot fill the database. A dry run leaves no entry.

use async_graphql::{Context, ID};
use connector_domain::audit::{Actor, AuditEntry, AuditOperation, AuditOutcome};
use connector_domain::caller::Permission;
use connector_domain::connection::Connection;
use connector_domain::id::{ClientId, MessageId, OrgId};
use connector_domain::limits::LABEL_BYTES;
use connector_domain::stamp::Stamp;
use connector_domain::text::storable;
use connector_outbox::log_entry;

use crate::access::Access;
use crate::error::Fault;
use crate::error::user::UserError;
use crate::request::{RemoteAddress, RequestId};
use crate::scalar::UuidText;

/// An attempt that has not come to its end: its entry says refused until something else is so.
pub(super) struct Attempt<'a> {
    pub access: Access<'a>,
    entry: AuditEntry,
}

impl<'a> Attempt<'a> {
    /// Begins with the caller's permission; without it, FORBIDDEN.
    pub fn begin(
        ctx: &Context<'a>,
        permission: Permission,
        operation: AuditOperation,
        client_id: &ID,
    ) -> Result<Self, Fault> {
        let access = Access::of(ctx)?;
        let request_id = ctx.data_opt::<RequestId>().map_or("", |id| id.0.as_str());
        let remote_address = ctx.data_opt::<RemoteAddress>().map(|address| address.0);
        let actor = Actor::of(access.caller, request_id, remote_address);
        let mut entry = AuditEntry {
            audit_id: access.ports.ids.audit_id(),
            occurred_at: access.ports.clock.now(),
            org_id: access.caller.org_id.clone(),
            actor,
            operation,
            client_id: ClientId::parse(client_id.as_str()).ok(),
            directive: None,
            message_id: None,
            reason: None,
            outcome: AuditOutcome::Refused,
            refusal: None,
        };
        if let Err(fault) = access.require(permission) {
            entry.refusal = Some(fault.code().to_owned());
            log_entry(&entry);
            return Err(fault);
        }
        Ok(Self { access, entry })
    }

    /// For this worker.
    pub fn for_worker(mut self, directive: &str) -> Self {
        self.entry.directive = Some(storable(directive, LABEL_BYTES));
        self
    }

    /// For this reason.
    pub fn because(mut self, reason: &str) -> Self {
        self.entry.reason = Some(storable(reason, LABEL_BYTES));
        self
    }

    /// When it began.
    pub fn began_at(&self) -> Stamp {
        self.entry.occurred_at
    }

    /// Under an id that the caller chose.
    pub fn under(mut self, message_id: Option<&UuidText>) -> Self {
        self.entry.message_id = message_id.map(|uuid| MessageId::from(uuid.0));
        self
    }

    /// On a device that the caller sees: filed under the device's organisation.
    pub fn on(&mut self, device: Option<&Connection>) {
        if let Some(org_id) = device.and_then(|device| device.tenant.org_id()) {
            self.entry.org_id = Some(org_id.clone());
        }
    }

    /// The entry of the message it made.
    pub fn accepted(&self, org_id: &OrgId, message_id: MessageId) -> AuditEntry {
        AuditEntry {
            org_id: Some(org_id.clone()),
            message_id: Some(message_id),
            ..self.done()
        }
    }

    /// The entry of what it did.
    pub fn done(&self) -> AuditEntry {
        AuditEntry {
            outcome: AuditOutcome::Accepted,
            ..self.entry.clone()
        }
    }

    /// Records what came of it, unless something did: that is recorded with it.
    pub async fn settle(self, errors: &[UserError], duplicate: bool) {
        let Self { access, mut entry } = self;
        match errors.first() {
            Some(error) => entry.refusal = Some(error.error_code().to_string()),
            None if duplicate => entry.outcome = AuditOutcome::Repeated,
            None => return,
        }
        access.ports.outbox.record(entry).await;
    }
}
