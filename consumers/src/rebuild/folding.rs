//! A ledger that folds as every store does, and writes neither history nor anything to tell.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use connector_domain::connection::{Connection, DeviceBatch, fold};
use connector_domain::id::ClientId;
use connector_domain::port::{
    Applied, ConnectionLedger, DueDevice, PartitionProgress, StoreError, TenantDue,
};
use connector_domain::scope::IngestScope;
use connector_domain::stamp::Stamp;

use super::Store;

/// Folds into a store. Not for more than one writer at a time: rows are not locked between reading and writing.
pub(super) struct Folding {
    store: Arc<dyn Store>,
}

impl Folding {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }
}

#[async_trait]
impl ConnectionLedger for Folding {
    async fn apply(
        &self,
        scope: IngestScope,
        batch: &[DeviceBatch],
    ) -> Result<Applied, StoreError> {
        let client_ids: Vec<ClientId> = batch
            .iter()
            .map(|device| device.client_id.clone())
            .collect();
        let stored = self.store.find(scope, &client_ids).await?;
        let stored: HashMap<&ClientId, &Connection> = stored
            .iter()
            .map(|record| (&record.client_id, record))
            .collect();
        let mut applied = Applied::default();
        let mut written = Vec::new();
        for device in batch {
            let folded = fold(stored.get(&device.client_id).copied(), device);
            applied.outcomes.push(folded.outcomes);
            written.extend(folded.connection.filter(|_| folded.dirty));
        }
        self.store.restore(scope, &written).await?;
        Ok(applied)
    }

    async fn mark_published(
        &self,
        _scope: IngestScope,
        _changes: &[(ClientId, i64)],
    ) -> Result<(), StoreError> {
        Ok(())
    }

    async fn touch(
        &self,
        scope: IngestScope,
        seen: &[(ClientId, Stamp)],
    ) -> Result<(), StoreError> {
        self.store.touch(scope, seen).await
    }

    async fn find(
        &self,
        scope: IngestScope,
        client_ids: &[ClientId],
    ) -> Result<Vec<Connection>, StoreError> {
        self.store.find(scope, client_ids).await
    }

    async fn tenants_due(
        &self,
        scope: IngestScope,
        due: TenantDue,
        after: Option<&ClientId>,
        limit: u16,
    ) -> Result<Vec<DueDevice>, StoreError> {
        self.store.tenants_due(scope, due, after, limit).await
    }

    async fn note_progress(
        &self,
        _scope: IngestScope,
        _progress: &[PartitionProgress],
    ) -> Result<(), StoreError> {
        Ok(())
    }

    async fn keep_progress_of(
        &self,
        _scope: IngestScope,
        _topics: &[(String, i32)],
    ) -> Result<(), StoreError> {
        Ok(())
    }

    async fn newest_stamp(&self, scope: IngestScope) -> Result<Option<Stamp>, StoreError> {
        self.store.newest_stamp(scope).await
    }
}
