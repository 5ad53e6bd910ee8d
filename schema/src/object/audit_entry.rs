//! `AuditEntry`.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use connector_domain::audit as domain;
use connector_domain::id::MessageKey;

use super::Message;
use crate::access::Access;
use crate::enumeration::{AuditOperation, AuditOutcome, AuthMethod};
use crate::scalar::{DateTime, UuidText};

/// An entry in reach of the caller.
pub struct AuditEntry(pub Arc<domain::AuditEntry>);

/// Something a caller asked for: who, what, to which device, when, and what became of it. It holds no payload.
#[Object]
impl AuditEntry {
    /// Names the entry, in log lines too.
    async fn entry_id(&self) -> UuidText {
        UuidText(self.0.audit_id.as_uuid())
    }

    /// When it was asked for, by the server's clock.
    async fn occurred_at(&self) -> DateTime {
        self.0.occurred_at.into()
    }

    /// Organisation it is filed under: the device's where the caller could see the device, else the one it acted for.
    async fn org_id(&self) -> Option<ID> {
        self.0.org_id.as_ref().map(|org_id| ID(org_id.to_string()))
    }

    /// What was asked for.
    async fn operation(&self) -> AuditOperation {
        self.0.operation.into()
    }

    /// What became of it.
    async fn outcome(&self) -> AuditOutcome {
        self.0.outcome.into()
    }

    /// Why it was REFUSED: a `UserErrorCode`.
    async fn refusal(&self) -> Option<&str> {
        self.0.refusal.as_deref()
    }

    /// The device named; `null` where that was no client id.
    async fn client_id(&self) -> Option<ID> {
        let client_id = self.0.client_id.as_ref();
        client_id.map(|client_id| ID(client_id.to_string()))
    }

    /// Worker it was for; data messages only.
    async fn directive(&self) -> Option<&str> {
        self.0.directive.as_deref()
    }

    /// Wire id of the message; of one that was refused, the id that the caller had chosen.
    async fn message_id(&self) -> Option<UuidText> {
        let message_id = self.0.message_id?;
        Some(UuidText(message_id.as_uuid()))
    }

    /// The message to that device under `messageId`, where the reader may see it and it is still kept.
    async fn message(&self, ctx: &Context<'_>) -> Result<Option<Message>> {
        let access = Access::of(ctx)?;
        let (Some(client_id), Some(message_id)) = (&self.0.client_id, self.0.message_id) else {
            return Ok(None);
        };
        let key = MessageKey {
            client_id: client_id.clone(),
            message_id,
        };
        let found = access.loaders()?.message(key).await?;
        Ok(found.filter(|message| access.may_see(message)).map(Message))
    }

    /// Why a device was to be blocked.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Who asked: `viewer.name` of the caller.
    async fn caller_name(&self) -> &str {
        self.0.actor.name.as_str()
    }

    /// How the caller was authenticated.
    async fn caller_auth_method(&self) -> AuthMethod {
        self.0.actor.auth_method.into()
    }

    /// Organisation the caller acted for; `null` for a cross-tenant service that named none.
    async fn caller_org_id(&self) -> Option<ID> {
        let org_id = self.0.actor.org_id.as_ref();
        org_id.map(|org_id| ID(org_id.to_string()))
    }

    /// Whether the caller might act over every organisation.
    async fn caller_cross_tenant(&self) -> bool {
        self.0.actor.cross_tenant
    }

    /// The other end of the caller's connection, which may be a gateway.
    async fn remote_address(&self) -> Option<String> {
        let address = self.0.actor.remote_address?;
        Some(address.to_string())
    }

    /// The request, as in `extensions.requestId`, the header `x-request-id` and log lines.
    async fn request_id(&self) -> &str {
        &self.0.actor.request_id
    }
}
