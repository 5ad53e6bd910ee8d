//! Laying and lifting blocks, each in one transaction with its audit entry. One that another organisation laid holds too, so
//! the transactions see whosever blocks.

use async_trait::async_trait;
use connector_domain::audit::AuditEntry;
use connector_domain::block::DeviceBlock;
use connector_domain::id::{ClientId, OrgId};
use connector_domain::port::{BlockLedger, Blocked, StoreError};
use connector_domain::stamp::Stamp;
use sqlx::{AssertSqlSafe, PgConnection};

use super::row::{COLUMNS, Row};
use crate::audit;
use crate::error::Fault;
use crate::pool::PostgresStore;

#[async_trait]
impl BlockLedger for PostgresStore {
    async fn block(&self, block: DeviceBlock, entry: &AuditEntry) -> Result<Blocked, StoreError> {
        self.write(|| lay(self, &block, entry)).await
    }

    async fn unblock(
        &self,
        client_id: &ClientId,
        at: Stamp,
        entry: &AuditEntry,
    ) -> Result<Option<DeviceBlock>, StoreError> {
        self.write(|| lift(self, client_id, at, entry)).await
    }
}

async fn lay(
    store: &PostgresStore,
    block: &DeviceBlock,
    entry: &AuditEntry,
) -> Result<Blocked, Fault> {
    let mut transaction = store.ingesting().await?;
    if let Some(earlier) = holding(&mut transaction, &block.client_id).await? {
        return Ok(Blocked::Already(earlier));
    }
    sqlx::query(
        "INSERT INTO device_blocks (client_id, blocked_at, org_id, blocked_by, reason)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(block.client_id.as_str())
    .bind(block.blocked_at.as_nanos())
    .bind(block.org_id.as_ref().map(OrgId::as_str))
    .bind(block.blocked_by.as_str())
    .bind(block.reason.as_str())
    .execute(&mut *transaction)
    .await?;
    audit::insert(&mut transaction, entry).await?;
    transaction.commit().await?;
    Ok(Blocked::Now(block.clone()))
}

async fn lift(
    store: &PostgresStore,
    client_id: &ClientId,
    at: Stamp,
    entry: &AuditEntry,
) -> Result<Option<DeviceBlock>, Fault> {
    let mut transaction = store.ingesting().await?;
    let Some(block) = holding(&mut transaction, client_id).await? else {
        return Ok(None);
    };
    sqlx::query(
        "UPDATE device_blocks SET lifted_at = $2 WHERE client_id = $1 AND lifted_at IS NULL",
    )
    .bind(client_id.as_str())
    .bind(at.as_nanos())
    .execute(&mut *transaction)
    .await?;
    audit::insert(&mut transaction, entry).await?;
    transaction.commit().await?;
    Ok(Some(DeviceBlock {
        lifted_at: Some(at),
        ..block
    }))
}

async fn holding(
    connection: &mut PgConnection,
    client_id: &ClientId,
) -> Result<Option<DeviceBlock>, Fault> {
    let select = format!(
        "SELECT {COLUMNS} FROM device_blocks WHERE client_id = $1 AND lifted_at IS NULL
            FOR UPDATE"
    );
    let row: Option<Row> = sqlx::query_as(AssertSqlSafe(select))
        .bind(client_id.as_str())
        .fetch_optional(connection)
        .await?;
    row.map(DeviceBlock::try_from).transpose()
}
