//! Whole records in and out, for rebuilding.

use std::collections::HashMap;

use async_trait::async_trait;
use connector_domain::connection::Connection;
use connector_domain::id::ClientId;
use connector_domain::port::{ConnectionRestorer, StoreError};
use connector_domain::scope::IngestScope;
use sqlx::{AssertSqlSafe, PgConnection};

use super::history;
use super::lock::lock;
use super::row::{self, COLUMNS, Row};
use super::writing::Writing;
use crate::error::Fault;
use crate::pool::PostgresStore;
use crate::rows::sorted_ids;

#[async_trait]
impl ConnectionRestorer for PostgresStore {
    async fn restore(
        &self,
        _scope: IngestScope,
        records: &[Connection],
    ) -> Result<usize, StoreError> {
        self.write(|| restore(self, records)).await
    }

    async fn forget(&self, _scope: IngestScope, client_ids: &[ClientId]) -> Result<(), StoreError> {
        self.write(|| forget(self, client_ids)).await
    }

    async fn scan(
        &self,
        _scope: IngestScope,
        after: Option<&ClientId>,
        limit: u16,
    ) -> Result<Vec<Connection>, StoreError> {
        self.read(scan(self, after, limit)).await
    }
}

async fn restore(store: &PostgresStore, records: &[Connection]) -> Result<usize, Fault> {
    let client_ids = sorted_ids(records.iter().map(|record| &record.client_id));
    let mut transaction = store.ingesting().await?;
    lock(&mut transaction, &client_ids).await?;
    let stored = row::find(&mut transaction, &client_ids).await?;
    let mut stored: HashMap<&str, &Connection> = stored
        .iter()
        .map(|record| (record.client_id.as_str(), record))
        .collect();
    let last_versions = history::last_versions(&mut transaction, &client_ids).await?;
    let above: Vec<Connection> = records
        .iter()
        .filter(|record| {
            let stored = stored.get(record.client_id.as_str());
            stored.is_none_or(|stored| record.supersedes(stored))
        })
        .map(|record| {
            let last_version = last_versions.of(&record.client_id);
            record.clone().no_earlier_than(last_version)
        })
        .collect();
    let of_another_life: Vec<&str> = above
        .iter()
        .filter(|record| {
            let stored = stored.get(record.client_id.as_str());
            stored.is_some_and(|stored| stored.first_seen_at != record.first_seen_at)
        })
        .map(|record| record.client_id.as_str())
        .collect();
    delete(&mut transaction, &of_another_life).await?;
    for client_id in of_another_life {
        stored.remove(client_id);
    }
    Writing::restoring(&stored, &above)
        .execute(&mut transaction)
        .await?;
    transaction.commit().await?;
    Ok(above.len())
}

async fn forget(store: &PostgresStore, client_ids: &[ClientId]) -> Result<(), Fault> {
    let client_ids = sorted_ids(client_ids);
    let mut transaction = store.ingesting().await?;
    lock(&mut transaction, &client_ids).await?;
    delete(&mut transaction, &client_ids).await?;
    transaction.commit().await?;
    Ok(())
}

/// Deletes rows of devices that are locked; those of the other tables go with them.
async fn delete(connection: &mut PgConnection, client_ids: &[&str]) -> Result<(), Fault> {
    if client_ids.is_empty() {
        return Ok(());
    }
    sqlx::query("DELETE FROM connections WHERE client_id = ANY($1)")
        .bind(client_ids)
        .execute(connection)
        .await?;
    Ok(())
}

async fn scan(
    store: &PostgresStore,
    after: Option<&ClientId>,
    limit: u16,
) -> Result<Vec<Connection>, Fault> {
    let select = format!(
        "SELECT {COLUMNS}
           FROM connections c
           JOIN connection_liveness l ON l.client_id = c.client_id
          WHERE c.client_id > $1
          ORDER BY c.client_id
          LIMIT $2"
    );
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(select))
        // No client id is empty.
        .bind(after.map_or("", ClientId::as_str))
        .bind(i64::from(limit))
        .fetch_all(store.pool())
        .await?;
    rows.into_iter().map(Connection::try_from).collect()
}
