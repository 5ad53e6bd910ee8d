//! Reads of blocks, which bind everybody.

use async_trait::async_trait;
use connector_domain::block::DeviceBlock;
use connector_domain::id::ClientId;
use connector_domain::port::{BlockReader, StoreError};
use connector_domain::scope::{IngestScope, Scope};
use sqlx::{AssertSqlSafe, QueryBuilder, Sqlite, SqlitePool};

use super::row::{self, COLUMNS, Row};
use crate::batch::ROWS;
use crate::error::Fault;
use crate::pool::SqliteStore;
use crate::predicate::push_one_of;

#[async_trait]
impl BlockReader for SqliteStore {
    async fn blocks_of(&self, client_ids: &[ClientId]) -> Result<Vec<DeviceBlock>, StoreError> {
        Ok(blocks_of(self.readers(), client_ids).await?)
    }

    async fn blocks_shown(
        &self,
        scope: &Scope,
        client_ids: &[ClientId],
    ) -> Result<Vec<DeviceBlock>, StoreError> {
        let mut blocks = self.blocks_of(client_ids).await?;
        blocks.retain(|block| block.holds() && block.is_shown_to(scope));
        Ok(blocks)
    }

    async fn blocks_now(&self, _scope: IngestScope) -> Result<Vec<DeviceBlock>, StoreError> {
        Ok(blocks_now(self.readers()).await?)
    }
}

async fn blocks_of(
    readers: &SqlitePool,
    client_ids: &[ClientId],
) -> Result<Vec<DeviceBlock>, Fault> {
    let mut blocks = Vec::new();
    for client_ids in client_ids.chunks(ROWS) {
        let mut query =
            QueryBuilder::<Sqlite>::new(format!("SELECT {COLUMNS} FROM device_blocks WHERE TRUE"));
        push_one_of(
            &mut query,
            "client_id",
            client_ids.iter().map(ClientId::as_str),
        );
        query.push(" ORDER BY client_id, blocked_at");
        let rows: Vec<Row> = query.build_query_as().fetch_all(readers).await?;
        blocks.extend(row::blocks_of(rows)?);
    }
    Ok(blocks)
}

async fn blocks_now(readers: &SqlitePool) -> Result<Vec<DeviceBlock>, Fault> {
    let select =
        format!("SELECT {COLUMNS} FROM device_blocks WHERE lifted_at IS NULL ORDER BY client_id");
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(select))
        .fetch_all(readers)
        .await?;
    row::blocks_of(rows)
}
