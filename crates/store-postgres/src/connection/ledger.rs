//! The writes of the Kafka consumer, the one writer of connection records.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use connector_domain::connection::{Connection, DeviceBatch, Folded, fold_after};
use connector_domain::id::ClientId;
use connector_domain::port::{
    Applied, ConnectionLedger, DueDevice, PartitionProgress, RecordedChange, StoreError, TenantDue,
};
use connector_domain::scope::IngestScope;
use connector_domain::stamp::Stamp;

use super::lock::lock;
use super::writing::Writing;
use super::{history, progress, row, tenant, touch};
use crate::error::Fault;
use crate::pool::PostgresStore;
use crate::rows::sorted_ids;

#[async_trait]
impl ConnectionLedger for PostgresStore {
    async fn apply(
        &self,
        _scope: IngestScope,
        batch: &[DeviceBatch],
    ) -> Result<Applied, StoreError> {
        self.write(|| apply(self, batch)).await
    }

    async fn mark_published(
        &self,
        _scope: IngestScope,
        changes: &[(ClientId, i64)],
    ) -> Result<(), StoreError> {
        self.write(|| mark_published(self, changes)).await
    }

    async fn touch(
        &self,
        _scope: IngestScope,
        seen: &[(ClientId, Stamp)],
    ) -> Result<(), StoreError> {
        self.write(|| touch::touch(self, seen)).await
    }

    async fn find(
        &self,
        _scope: IngestScope,
        client_ids: &[ClientId],
    ) -> Result<Vec<Connection>, StoreError> {
        self.read(find(self, client_ids)).await
    }

    async fn tenants_due(
        &self,
        _scope: IngestScope,
        due: TenantDue,
        after: Option<&ClientId>,
        limit: u16,
    ) -> Result<Vec<DueDevice>, StoreError> {
        self.read(tenant::due(self.pool(), due, after, limit)).await
    }

    async fn note_progress(
        &self,
        _scope: IngestScope,
        progress: &[PartitionProgress],
    ) -> Result<(), StoreError> {
        self.write(|| progress::note(self.pool(), progress)).await
    }

    async fn keep_progress_of(
        &self,
        _scope: IngestScope,
        topics: &[(String, i32)],
    ) -> Result<(), StoreError> {
        self.write(|| progress::keep(self.pool(), topics)).await
    }

    async fn newest_stamp(&self, _scope: IngestScope) -> Result<Option<Stamp>, StoreError> {
        self.read(progress::newest(self.pool())).await
    }
}

async fn apply(store: &PostgresStore, batch: &[DeviceBatch]) -> Result<Applied, Fault> {
    let client_ids = sorted_ids(batch.iter().map(|device| &device.client_id));
    let mut transaction = store.ingesting().await?;
    lock(&mut transaction, &client_ids).await?;
    let stored = row::find(&mut transaction, &client_ids).await?;
    let stored: HashMap<&str, &Connection> = stored
        .iter()
        .map(|record| (record.client_id.as_str(), record))
        .collect();
    let new: Vec<&str> = client_ids
        .iter()
        .copied()
        .filter(|id| !stored.contains_key(id))
        .collect();
    let last_versions = history::last_versions(&mut transaction, &new).await?;
    let folded: Vec<Folded> = batch
        .iter()
        .map(|device| {
            let record = stored.get(device.client_id.as_str()).copied();
            fold_after(last_versions.of(&device.client_id), record, device)
        })
        .collect();
    Writing::of(&stored, &folded)
        .execute(&mut transaction)
        .await?;
    let unpublished = history::unpublished(&mut transaction, &client_ids).await?;
    transaction.commit().await?;
    let changed = records_named(&folded, &unpublished);
    Ok(Applied {
        outcomes: folded.into_iter().map(|folded| folded.outcomes).collect(),
        unpublished,
        changed,
    })
}

/// The records that changes are told of, as they are now.
fn records_named(folded: &[Folded], changes: &[RecordedChange]) -> Vec<Connection> {
    let named: BTreeSet<&ClientId> = changes.iter().map(|change| &change.client_id).collect();
    folded
        .iter()
        .filter_map(|folded| folded.connection.as_ref())
        .filter(|record| named.contains(&record.client_id))
        .cloned()
        .collect()
}

async fn find(store: &PostgresStore, client_ids: &[ClientId]) -> Result<Vec<Connection>, Fault> {
    let mut connection = store.pool().acquire().await?;
    row::find(&mut connection, &sorted_ids(client_ids)).await
}

async fn mark_published(store: &PostgresStore, changes: &[(ClientId, i64)]) -> Result<(), Fault> {
    let mut connection = store.pool().acquire().await?;
    history::mark_published(&mut connection, changes).await
}
