//! Adding entries.

use std::net::IpAddr;

use async_trait::async_trait;
use connector_domain::audit::AuditEntry;
use connector_domain::id::{ClientId, MessageId, OrgId};
use connector_domain::port::{AuditLedger, StoreError};
use sqlx::SqliteConnection;

use crate::error::Fault;
use crate::pool::SqliteStore;

#[async_trait]
impl AuditLedger for SqliteStore {
    async fn record(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        Ok(record(self, entry).await?)
    }
}

async fn record(store: &SqliteStore, entry: &AuditEntry) -> Result<(), Fault> {
    let mut transaction = store.write().await?;
    insert(&mut transaction, entry).await?;
    transaction.commit().await?;
    Ok(())
}

/// Adds an entry within a transaction.
pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    entry: &AuditEntry,
) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO audit_entries (
            audit_id,
            occurred_at,
            org_id,
            caller_name,
            auth_method,
            caller_org_id,
            cross_tenant,
            request_id,
            remote_address,
            operation,
            client_id,
            directive,
            message_id,
            reason,
            outcome,
            refusal
        )
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
        ON CONFLICT DO NOTHING",
    )
    .bind(entry.audit_id.to_string())
    .bind(entry.occurred_at.as_nanos())
    .bind(entry.org_id.as_ref().map(OrgId::as_str))
    .bind(entry.actor.name.as_str())
    .bind(entry.actor.auth_method.as_str())
    .bind(entry.actor.org_id.as_ref().map(OrgId::as_str))
    .bind(entry.actor.cross_tenant)
    .bind(entry.actor.request_id.as_str())
    .bind(entry.actor.remote_address.as_ref().map(IpAddr::to_string))
    .bind(entry.operation.as_str())
    .bind(entry.client_id.as_ref().map(ClientId::as_str))
    .bind(entry.directive.as_deref())
    .bind(entry.message_id.as_ref().map(MessageId::to_string))
    .bind(entry.reason.as_deref())
    .bind(entry.outcome.as_str())
    .bind(entry.refusal.as_deref())
    .execute(connection)
    .await?;
    Ok(())
}
