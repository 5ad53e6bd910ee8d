//! The in-memory store, which can be away and can refuse values.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use connector_domain::connection::{Connection, DeviceBatch, DeviceInput, Status};
use connector_domain::id::{ClientId, MessageKey};
use connector_domain::message::{Arrival, Message, Moved};
use connector_domain::port::{
    Applied, ConnectionLedger, DueDevice, MessageLedger, PartitionProgress, StoreError,
    StoredArrival, TenantDue,
};
use connector_domain::scope::IngestScope;
use connector_domain::stamp::Stamp;
use connector_store_memory::MemoryStore;
use tokio::sync::watch;

/// Client name, and directive, that the database refuses.
pub const POISON: &str = "poison";

#[derive(Default)]
pub struct Store {
    pub memory: MemoryStore,
    away: AtomicBool,
    healed: AtomicBool,
    attempts: AtomicUsize,
    /// Whether what is applied is kept from the caller.
    held: watch::Sender<bool>,
    waiting: AtomicUsize,
}

impl Store {
    /// Whether calls fail from now on.
    pub fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    /// From now on connection records are committed, and the caller learns of it only with [`Self::let_go`].
    pub fn hold(&self) {
        self.held.send_replace(true);
    }

    /// Calls that wait for it.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::SeqCst)
    }

    /// Everybody learns of everything.
    pub fn let_go(&self) {
        self.held.send_replace(false);
    }

    /// From now on it takes [`POISON`].
    pub fn heal(&self) {
        self.healed.store(true, Ordering::SeqCst);
    }

    /// Calls that failed because it was away.
    pub fn attempts_while_away(&self) -> usize {
        self.attempts.load(Ordering::SeqCst)
    }

    fn check(&self, refused: bool) -> Result<(), StoreError> {
        if self.away.load(Ordering::SeqCst) {
            self.attempts.fetch_add(1, Ordering::SeqCst);
            return Err(StoreError::unavailable("the test says so"));
        }
        if refused && !self.healed.load(Ordering::SeqCst) {
            return Err(StoreError::Refused("value of column is poison".into()));
        }
        Ok(())
    }
}

fn is_poison(input: &DeviceInput) -> bool {
    matches!(
        input,
        DeviceInput::Status { status: Status::Online(details), .. }
            if details.client_name.as_deref() == Some(POISON)
    )
}

#[async_trait]
impl ConnectionLedger for Store {
    async fn apply(
        &self,
        scope: IngestScope,
        batch: &[DeviceBatch],
    ) -> Result<Applied, StoreError> {
        let mut records = batch.iter().flat_map(|device| &device.records);
        self.check(records.any(|record| is_poison(&record.input)))?;
        let applied = self.memory.apply(scope, batch).await;
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let mut held = self.held.subscribe();
        held.wait_for(|held| !held).await.expect("it is ours");
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        applied
    }

    async fn mark_published(
        &self,
        scope: IngestScope,
        changes: &[(ClientId, i64)],
    ) -> Result<(), StoreError> {
        self.check(false)?;
        ConnectionLedger::mark_published(&self.memory, scope, changes).await
    }

    async fn touch(
        &self,
        scope: IngestScope,
        seen: &[(ClientId, Stamp)],
    ) -> Result<(), StoreError> {
        self.check(false)?;
        self.memory.touch(scope, seen).await
    }

    async fn find(
        &self,
        scope: IngestScope,
        client_ids: &[ClientId],
    ) -> Result<Vec<Connection>, StoreError> {
        self.check(false)?;
        self.memory.find(scope, client_ids).await
    }

    async fn tenants_due(
        &self,
        scope: IngestScope,
        due: TenantDue,
        after: Option<&ClientId>,
        limit: u16,
    ) -> Result<Vec<DueDevice>, StoreError> {
        self.check(false)?;
        self.memory.tenants_due(scope, due, after, limit).await
    }

    async fn note_progress(
        &self,
        scope: IngestScope,
        progress: &[PartitionProgress],
    ) -> Result<(), StoreError> {
        self.check(false)?;
        self.memory.note_progress(scope, progress).await
    }

    async fn keep_progress_of(
        &self,
        scope: IngestScope,
        topics: &[(String, i32)],
    ) -> Result<(), StoreError> {
        self.check(false)?;
        self.memory.keep_progress_of(scope, topics).await
    }

    async fn newest_stamp(&self, scope: IngestScope) -> Result<Option<Stamp>, StoreError> {
        self.check(false)?;
        self.memory.newest_stamp(scope).await
    }
}

#[async_trait]
impl MessageLedger for Store {
    async fn arrive(
        &self,
        scope: IngestScope,
        arrivals: &[Arrival],
    ) -> Result<Vec<StoredArrival>, StoreError> {
        let mut directives = arrivals.iter().map(|arrival| arrival.directive.as_deref());
        self.check(directives.any(|directive| directive == Some(POISON)))?;
        self.memory.arrive(scope, arrivals).await
    }

    async fn mark_published(
        &self,
        scope: IngestScope,
        transitions: &[(MessageKey, i64)],
    ) -> Result<(), StoreError> {
        self.check(false)?;
        MessageLedger::mark_published(&self.memory, scope, transitions).await
    }

    async fn unpublished(
        &self,
        scope: IngestScope,
        before: Stamp,
        limit: u16,
    ) -> Result<Vec<Moved>, StoreError> {
        self.check(false)?;
        self.memory.unpublished(scope, before, limit).await
    }

    async fn claim_abandoned(
        &self,
        scope: IngestScope,
        now: Stamp,
        lease_until: Stamp,
        limit: u16,
    ) -> Result<Vec<Message>, StoreError> {
        self.check(false)?;
        self.memory
            .claim_abandoned(scope, now, lease_until, limit)
            .await
    }

    async fn expire(
        &self,
        scope: IngestScope,
        now: Stamp,
        limit: u16,
    ) -> Result<Vec<Moved>, StoreError> {
        self.check(false)?;
        self.memory.expire(scope, now, limit).await
    }
}
