//! Whole records in and out, for rebuilding.

use std::collections::HashMap;

use async_trait::async_trait;
use connector_domain::connection::{Connection, ConnectionView};
use connector_domain::id::ClientId;
use connector_domain::port::{ConnectionRestorer, StoreError};
use connector_domain::scope::IngestScope;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::record::Visible;
use super::{history, labels, record, row};
use crate::batch;
use crate::error::Fault;
use crate::pool::SqliteStore;
use crate::predicate::push_one_of;

#[async_trait]
impl ConnectionRestorer for SqliteStore {
    async fn restore(
        &self,
        _scope: IngestScope,
        records: &[Connection],
    ) -> Result<usize, StoreError> {
        Ok(restore(self, records).await?)
    }

    async fn forget(&self, _scope: IngestScope, client_ids: &[ClientId]) -> Result<(), StoreError> {
        let client_ids: Vec<&ClientId> = client_ids.iter().collect();
        let mut transaction = self.write().await?;
        delete(&mut transaction, &client_ids).await?;
        transaction.commit().await.map_err(Fault::from)?;
        Ok(())
    }

    async fn scan(
        &self,
        _scope: IngestScope,
        after: Option<&ClientId>,
        limit: u16,
    ) -> Result<Vec<Connection>, StoreError> {
        Ok(scan(self, after, limit).await?)
    }
}

async fn restore(store: &SqliteStore, records: &[Connection]) -> Result<usize, Fault> {
    let client_ids: Vec<&ClientId> = records.iter().map(|record| &record.client_id).collect();
    let mut transaction = store.write().await?;
    let stored = row::find(&mut transaction, &client_ids).await?;
    let stored: HashMap<&ClientId, &Connection> = stored
        .iter()
        .map(|record| (&record.client_id, record))
        .collect();
    let last_versions = history::last_versions(&mut transaction, &client_ids).await?;
    let above: Vec<Connection> = records
        .iter()
        .filter(|record| {
            let stored = stored.get(&record.client_id);
            stored.is_none_or(|stored| record.supersedes(stored))
        })
        .map(|record| {
            let last_version = last_versions.get(&record.client_id).copied();
            record
                .clone()
                .no_earlier_than(last_version.unwrap_or_default())
        })
        .collect();
    let of_another_life = above.iter().filter(|record| {
        let stored = stored.get(&record.client_id);
        stored.is_some_and(|stored| stored.first_seen_at != record.first_seen_at)
    });
    let of_another_life: Vec<&ClientId> = of_another_life.map(|record| &record.client_id).collect();
    delete(&mut transaction, &of_another_life).await?;
    write(&mut transaction, &stored, &above).await?;
    transaction.commit().await?;
    Ok(above.len())
}

/// The wide row and the side tables where there is another version, the narrow row of each.
async fn write(
    connection: &mut SqliteConnection,
    stored: &HashMap<&ClientId, &Connection>,
    records: &[Connection],
) -> Result<(), Fault> {
    let renewed: Vec<(&Connection, ConnectionView)> = records
        .iter()
        .filter(|record| {
            let stored = stored.get(&record.client_id);
            stored.is_none_or(|stored| {
                stored.version != record.version || stored.first_seen_at != record.first_seen_at
            })
        })
        .map(|record| (record, record.view()))
        .collect();
    let visible: Vec<Visible<'_>> = renewed
        .iter()
        .map(|(record, view)| Visible {
            record,
            view,
            changed_at: record.position.stamp.max(record.state_changed_at),
        })
        .collect();
    let views: Vec<&ConnectionView> = renewed.iter().map(|(_, view)| view).collect();
    record::write_visible(connection, &visible).await?;
    let records: Vec<&Connection> = records.iter().collect();
    record::write_liveness(connection, &records).await?;
    labels::replace(connection, &views).await
}

/// Deletes rows; those of the other tables go with them.
async fn delete(connection: &mut SqliteConnection, client_ids: &[&ClientId]) -> Result<(), Fault> {
    for some in client_ids.chunks(batch::ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new("DELETE FROM connections WHERE TRUE");
        push_one_of(&mut query, "client_id", some.iter().map(|id| id.as_str()));
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}

async fn scan(
    store: &SqliteStore,
    after: Option<&ClientId>,
    limit: u16,
) -> Result<Vec<Connection>, Fault> {
    let mut query = QueryBuilder::<Sqlite>::new(row::SELECT);
    // No client id is empty.
    query.push("c.client_id > ");
    query.push_bind(after.map_or("", ClientId::as_str));
    query.push(" ORDER BY c.client_id LIMIT ");
    query.push_bind(i64::from(limit));
    let rows: Vec<row::Row> = query.build_query_as().fetch_all(store.readers()).await?;
    rows.into_iter().map(Connection::try_from).collect()
}
