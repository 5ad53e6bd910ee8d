//! The writes of the Kafka consumer.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use async_trait::async_trait;
use connector_domain::connection::{Connection, DeviceBatch, Outcome, fold_after};
use connector_domain::id::ClientId;
use connector_domain::port::{
    Applied, ConnectionLedger, DueDevice, PartitionProgress, RecordedChange, StoreError, TenantDue,
};
use connector_domain::scope::IngestScope;
use connector_domain::stamp::Stamp;
use connector_domain::tenant::Tenant;

use crate::store::{Device, HistoryRow, MemoryStore, Tables};

#[async_trait]
impl ConnectionLedger for MemoryStore {
    async fn apply(
        &self,
        _scope: IngestScope,
        batch: &[DeviceBatch],
    ) -> Result<Applied, StoreError> {
        let mut tables = self.call();
        let mut applied = Applied::default();
        for device in batch {
            applied.outcomes.push(tables.apply_device(device));
        }
        for device in batch {
            let unpublished = tables.unpublished_of(&device.client_id);
            if !unpublished.is_empty() {
                applied
                    .changed
                    .extend(tables.record(&device.client_id).cloned());
            }
            applied.unpublished.extend(unpublished);
        }
        Ok(applied)
    }

    async fn mark_published(
        &self,
        _scope: IngestScope,
        changes: &[(ClientId, i64)],
    ) -> Result<(), StoreError> {
        let mut tables = self.call();
        for key in changes {
            if let Some(row) = tables.history.get_mut(key) {
                row.published = true;
            }
        }
        Ok(())
    }

    async fn touch(
        &self,
        _scope: IngestScope,
        seen: &[(ClientId, Stamp)],
    ) -> Result<(), StoreError> {
        let mut tables = self.call();
        for (client_id, stamp) in seen {
            if let Some(device) = tables.devices.get_mut(client_id) {
                let last_seen_at = &mut device.record.last_seen_at;
                *last_seen_at = (*last_seen_at).max(*stamp);
            }
        }
        Ok(())
    }

    async fn find(
        &self,
        _scope: IngestScope,
        client_ids: &[ClientId],
    ) -> Result<Vec<Connection>, StoreError> {
        let tables = self.call();
        let client_ids: BTreeSet<&ClientId> = client_ids.iter().collect();
        Ok(client_ids
            .into_iter()
            .filter_map(|client_id| tables.record(client_id).cloned())
            .collect())
    }

    async fn tenants_due(
        &self,
        _scope: IngestScope,
        due: TenantDue,
        after: Option<&ClientId>,
        limit: u16,
    ) -> Result<Vec<DueDevice>, StoreError> {
        let is_due = |record: &&Connection| match due {
            TenantDue::Pending => record.tenant == Tenant::Pending,
            TenantDue::None => record.tenant == Tenant::None,
            TenantDue::Doubted => record.tenant_doubts.is_some(),
        };
        let tables = self.call();
        let records = tables.devices.values().map(|device| &device.record);
        Ok(records
            .filter(|record| after.is_none_or(|after| record.client_id > *after))
            .filter(is_due)
            .take(usize::from(limit))
            .map(|record| DueDevice {
                client_id: record.client_id.clone(),
                version: record.version,
                doubts: record.tenant_doubts,
            })
            .collect())
    }

    async fn note_progress(
        &self,
        _scope: IngestScope,
        progress: &[PartitionProgress],
    ) -> Result<(), StoreError> {
        let mut tables = self.call();
        for partition in progress {
            let key = (partition.topic.clone(), partition.partition);
            let as_of = tables.progress.entry(key).or_insert(partition.as_of);
            *as_of = (*as_of).max(partition.as_of);
        }
        Ok(())
    }

    async fn keep_progress_of(
        &self,
        _scope: IngestScope,
        topics: &[(String, i32)],
    ) -> Result<(), StoreError> {
        let is_there = |topic: &String, partition: i32| {
            let mut topics = topics.iter();
            topics.any(|(name, count)| name == topic && partition < *count)
        };
        let mut tables = self.call();
        tables
            .progress
            .retain(|(topic, partition), _| is_there(topic, *partition));
        Ok(())
    }

    async fn newest_stamp(&self, _scope: IngestScope) -> Result<Option<Stamp>, StoreError> {
        let tables = self.call();
        let of_devices = tables
            .devices
            .values()
            .map(|device| device.record.position.stamp.max(device.record.last_seen_at));
        let of_partitions = tables.progress.values().copied();
        Ok(of_devices.chain(of_partitions).max())
    }
}

impl Tables {
    pub(crate) fn record(&self, client_id: &ClientId) -> Option<&Connection> {
        self.devices.get(client_id).map(|device| &device.record)
    }

    fn apply_device(&mut self, batch: &DeviceBatch) -> Vec<Outcome> {
        let stored = self.devices.get(&batch.client_id);
        let last_version = self.last_version(&batch.client_id);
        let folded = fold_after(last_version, stored.map(|device| &device.record), batch);
        let stored_change = stored.map(|device| device.changed_at);
        let newest = folded.changes.last().map(|change| change.occurred_at);
        if let (Some(record), Some(changed_at)) = (folded.connection, newest.or(stored_change)) {
            let device = Device { record, changed_at };
            self.devices.insert(batch.client_id.clone(), device);
        }
        for change in folded.changes {
            let key = (batch.client_id.clone(), change.version);
            let row = HistoryRow {
                change,
                published: false,
            };
            self.history.insert(key, row);
        }
        folded.outcomes
    }

    /// The newest version that the history of a device knows; 0 before the first.
    pub(super) fn last_version(&self, client_id: &ClientId) -> i64 {
        let newest = self.history.range(every_version(client_id)).next_back();
        newest.map_or(0, |((_, version), _)| *version)
    }

    fn unpublished_of(&self, client_id: &ClientId) -> Vec<RecordedChange> {
        self.history
            .range(every_version(client_id))
            .filter(|(_, row)| !row.published)
            .map(|(_, row)| RecordedChange {
                client_id: client_id.clone(),
                change: row.change.clone(),
            })
            .collect()
    }
}

fn every_version(client_id: &ClientId) -> RangeInclusive<(ClientId, i64)> {
    (client_id.clone(), i64::MIN)..=(client_id.clone(), i64::MAX)
}
