//! The writes of the Kafka consumer, the one writer of connection records.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_trait::async_trait;
use connector_domain::connection::{
    Connection, ConnectionChange, ConnectionView, DeviceBatch, Folded, fold_after,
};
use connector_domain::id::ClientId;
use connector_domain::port::{
    Applied, ConnectionLedger, DueDevice, PartitionProgress, RecordedChange, StoreError, TenantDue,
};
use connector_domain::scope::IngestScope;
use connector_domain::stamp::Stamp;
use sqlx::SqliteConnection;

use super::record::Visible;
use super::{history, labels, progress, record, row, tenant};
use crate::error::Fault;
use crate::pool::SqliteStore;

#[async_trait]
impl ConnectionLedger for SqliteStore {
    async fn apply(
        &self,
        _scope: IngestScope,
        batch: &[DeviceBatch],
    ) -> Result<Applied, StoreError> {
        Ok(apply(self, batch).await?)
    }

    async fn mark_published(
        &self,
        _scope: IngestScope,
        changes: &[(ClientId, i64)],
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        history::mark_published(&mut transaction, changes).await?;
        transaction.commit().await.map_err(Fault::from)?;
        Ok(())
    }

    async fn touch(
        &self,
        _scope: IngestScope,
        seen: &[(ClientId, Stamp)],
    ) -> Result<(), StoreError> {
        let latest = latest_of_each(seen);
        let mut transaction = self.write().await?;
        record::touch(&mut transaction, &latest).await?;
        transaction.commit().await.map_err(Fault::from)?;
        Ok(())
    }

    async fn find(
        &self,
        _scope: IngestScope,
        client_ids: &[ClientId],
    ) -> Result<Vec<Connection>, StoreError> {
        let mut connection = self.readers().acquire().await.map_err(Fault::from)?;
        let client_ids: Vec<&ClientId> = client_ids.iter().collect();
        Ok(row::find(&mut connection, &client_ids).await?)
    }

    async fn tenants_due(
        &self,
        _scope: IngestScope,
        due: TenantDue,
        after: Option<&ClientId>,
        limit: u16,
    ) -> Result<Vec<DueDevice>, StoreError> {
        Ok(tenant::due(self.readers(), due, after, limit).await?)
    }

    async fn note_progress(
        &self,
        _scope: IngestScope,
        progress: &[PartitionProgress],
    ) -> Result<(), StoreError> {
        Ok(progress::note(self, progress).await?)
    }

    async fn keep_progress_of(
        &self,
        _scope: IngestScope,
        topics: &[(String, i32)],
    ) -> Result<(), StoreError> {
        Ok(progress::keep(self, topics).await?)
    }

    async fn newest_stamp(&self, _scope: IngestScope) -> Result<Option<Stamp>, StoreError> {
        Ok(progress::newest(self.readers()).await?)
    }
}

async fn apply(store: &SqliteStore, batch: &[DeviceBatch]) -> Result<Applied, Fault> {
    let client_ids: Vec<&ClientId> = batch.iter().map(|device| &device.client_id).collect();
    let mut transaction = store.write().await?;
    let stored = row::find(&mut transaction, &client_ids).await?;
    let new = without_record(&stored, batch);
    let last_versions = history::last_versions(&mut transaction, &new).await?;
    let folded = fold_each(&stored, &last_versions, batch);
    write(&mut transaction, &stored, &folded).await?;
    let unpublished = history::unpublished(&mut transaction, &client_ids).await?;
    transaction.commit().await?;
    let changed = records_named(&folded, &unpublished);
    Ok(Applied {
        outcomes: folded.into_iter().map(|folded| folded.outcomes).collect(),
        unpublished,
        changed,
    })
}

fn without_record<'a>(stored: &[Connection], batch: &'a [DeviceBatch]) -> Vec<&'a ClientId> {
    let stored = by_client_id(stored);
    let client_ids = batch.iter().map(|device| &device.client_id);
    client_ids.filter(|id| !stored.contains_key(id)).collect()
}

fn fold_each(
    stored: &[Connection],
    last_versions: &HashMap<ClientId, i64>,
    batch: &[DeviceBatch],
) -> Vec<Folded> {
    let stored = by_client_id(stored);
    batch
        .iter()
        .map(|device| {
            let last_version = last_versions.get(&device.client_id).copied();
            let record = stored.get(&device.client_id).copied();
            fold_after(last_version.unwrap_or_default(), record, device)
        })
        .collect()
}

fn by_client_id(records: &[Connection]) -> HashMap<&ClientId, &Connection> {
    records
        .iter()
        .map(|record| (&record.client_id, record))
        .collect()
}

/// Writes as little as says it all: the wide row where there is a new version, the side tables where what they hold
/// differs, the narrow row wherever anything does.
async fn write(
    connection: &mut SqliteConnection,
    stored: &[Connection],
    folded: &[Folded],
) -> Result<(), Fault> {
    let stored = by_client_id(stored);
    let mut views: Vec<(&Connection, ConnectionView, Stamp)> = Vec::new();
    let mut dirty: Vec<&Connection> = Vec::new();
    let mut changes: Vec<(&ClientId, &ConnectionChange)> = Vec::new();
    for device in folded {
        let Some(record) = device.connection.as_ref().filter(|_| device.dirty) else {
            continue;
        };
        dirty.push(record);
        if let Some(newest) = device.changes.last() {
            views.push((record, record.view(), newest.occurred_at));
        }
        changes.extend(
            device
                .changes
                .iter()
                .map(|change| (&record.client_id, change)),
        );
    }
    let visible: Vec<Visible<'_>> = views
        .iter()
        .map(|(record, view, changed_at)| Visible {
            record,
            view,
            changed_at: *changed_at,
        })
        .collect();
    let relabelled: Vec<&ConnectionView> = views
        .iter()
        .filter(|(record, ..)| {
            let before = stored.get(&record.client_id);
            before.is_none_or(|before| before.details != record.details)
        })
        .map(|(_, view, _)| view)
        .collect();
    record::write_visible(connection, &visible).await?;
    record::write_liveness(connection, &dirty).await?;
    labels::replace(connection, &relabelled).await?;
    history::add(connection, &changes).await
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

fn latest_of_each(seen: &[(ClientId, Stamp)]) -> Vec<(&ClientId, Stamp)> {
    let mut latest: BTreeMap<&ClientId, Stamp> = BTreeMap::new();
    for (client_id, stamp) in seen {
        let entry = latest.entry(client_id).or_insert(*stamp);
        *entry = (*entry).max(*stamp);
    }
    latest.into_iter().collect()
}
