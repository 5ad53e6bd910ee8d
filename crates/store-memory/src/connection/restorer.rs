//! Whole records in and out, for rebuilding.

use std::ops::Bound;

use async_trait::async_trait;
use connector_domain::connection::Connection;
use connector_domain::id::ClientId;
use connector_domain::port::{ConnectionRestorer, StoreError};
use connector_domain::scope::IngestScope;

use crate::store::{Device, MemoryStore, Tables};

#[async_trait]
impl ConnectionRestorer for MemoryStore {
    async fn restore(
        &self,
        _scope: IngestScope,
        records: &[Connection],
    ) -> Result<usize, StoreError> {
        let mut tables = self.call();
        let written = records.iter().filter(|record| tables.restore(record));
        Ok(written.count())
    }

    async fn forget(&self, _scope: IngestScope, client_ids: &[ClientId]) -> Result<(), StoreError> {
        let mut tables = self.call();
        for client_id in client_ids {
            tables.devices.remove(client_id);
        }
        Ok(())
    }

    async fn scan(
        &self,
        _scope: IngestScope,
        after: Option<&ClientId>,
        limit: u16,
    ) -> Result<Vec<Connection>, StoreError> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let tables = self.call();
        let devices = tables
            .devices
            .range::<ClientId, _>((from, Bound::Unbounded));
        Ok(devices
            .take(usize::from(limit))
            .map(|(_, device)| device.record.clone())
            .collect())
    }
}

impl Tables {
    fn restore(&mut self, record: &Connection) -> bool {
        let stored = self.devices.get(&record.client_id);
        if stored.is_some_and(|stored| !record.supersedes(&stored.record)) {
            return false;
        }
        let same_version = stored.filter(|stored| stored.record.version == record.version);
        let changed_at = same_version.map_or_else(
            || record.position.stamp.max(record.state_changed_at),
            |stored| stored.changed_at,
        );
        let last_version = self.last_version(&record.client_id);
        let device = Device {
            record: record.clone().no_earlier_than(last_version),
            changed_at,
        };
        self.devices.insert(record.client_id.clone(), device);
        true
    }
}
