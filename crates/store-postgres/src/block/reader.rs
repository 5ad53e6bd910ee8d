//! Reads of blocks. They bind whoever has the device, so those who enforce them read all; callers read within their scope.

use async_trait::async_trait;
use connector_domain::block::DeviceBlock;
use connector_domain::id::ClientId;
use connector_domain::port::{BlockReader, StoreError};
use connector_domain::scope::{IngestScope, Scope};
use sqlx::AssertSqlSafe;

use super::row::{self, COLUMNS, Row};
use crate::error::Fault;
use crate::pool::PostgresStore;
use crate::rows::sorted_ids;
use crate::transaction::Begun;

#[async_trait]
impl BlockReader for PostgresStore {
    async fn blocks_of(&self, client_ids: &[ClientId]) -> Result<Vec<DeviceBlock>, StoreError> {
        let all = async { blocks_of(self.ingesting().await?, client_ids).await };
        self.read(all).await
    }

    async fn blocks_shown(
        &self,
        scope: &Scope,
        client_ids: &[ClientId],
    ) -> Result<Vec<DeviceBlock>, StoreError> {
        self.read(blocks_shown(self, scope, client_ids)).await
    }

    async fn blocks_now(&self, _scope: IngestScope) -> Result<Vec<DeviceBlock>, StoreError> {
        self.read(blocks_now(self)).await
    }
}

async fn blocks_of(mut reading: Begun, client_ids: &[ClientId]) -> Result<Vec<DeviceBlock>, Fault> {
    let select = format!(
        "SELECT {COLUMNS}
           FROM device_blocks
          WHERE client_id = ANY($1)
          ORDER BY client_id, blocked_at"
    );
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(select))
        .bind(sorted_ids(client_ids))
        .fetch_all(&mut *reading)
        .await?;
    row::blocks_of(rows)
}

async fn blocks_shown(
    store: &PostgresStore,
    scope: &Scope,
    client_ids: &[ClientId],
) -> Result<Vec<DeviceBlock>, Fault> {
    let reading = match scope.org_id() {
        Some(_) => store.reading(scope).await?,
        // Whoever sees every organisation blocks client ids of nobody, too.
        None => store.ingesting().await?,
    };
    let mut blocks = blocks_of(reading, client_ids).await?;
    blocks.retain(|block| block.holds() && block.is_shown_to(scope));
    Ok(blocks)
}

async fn blocks_now(store: &PostgresStore) -> Result<Vec<DeviceBlock>, Fault> {
    let select =
        format!("SELECT {COLUMNS} FROM device_blocks WHERE lifted_at IS NULL ORDER BY client_id");
    let mut reading = store.ingesting().await?;
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(select))
        .fetch_all(&mut *reading)
        .await?;
    row::blocks_of(rows)
}
