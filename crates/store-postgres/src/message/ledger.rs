//! The writes of the Kafka consumer and of the jobs.

use async_trait::async_trait;
use connector_domain::id::MessageKey;
use connector_domain::message::{Arrival, Message, Moved};
use connector_domain::port::{MessageLedger, StoreError, StoredArrival};
use connector_domain::scope::IngestScope;
use connector_domain::stamp::Stamp;

use super::{arrival, due, transition};
use crate::error::Fault;
use crate::pool::PostgresStore;

#[async_trait]
impl MessageLedger for PostgresStore {
    async fn arrive(
        &self,
        _scope: IngestScope,
        arrivals: &[Arrival],
    ) -> Result<Vec<StoredArrival>, StoreError> {
        self.write(|| arrival::store(self, arrivals)).await
    }

    async fn mark_published(
        &self,
        _scope: IngestScope,
        transitions: &[(MessageKey, i64)],
    ) -> Result<(), StoreError> {
        self.write(|| mark_published(self, transitions)).await
    }

    async fn unpublished(
        &self,
        _scope: IngestScope,
        before: Stamp,
        limit: u16,
    ) -> Result<Vec<Moved>, StoreError> {
        self.read(unpublished(self, before, limit)).await
    }

    async fn claim_abandoned(
        &self,
        _scope: IngestScope,
        now: Stamp,
        lease_until: Stamp,
        limit: u16,
    ) -> Result<Vec<Message>, StoreError> {
        self.write(|| claim(self, now, lease_until, limit)).await
    }

    async fn expire(
        &self,
        _scope: IngestScope,
        now: Stamp,
        limit: u16,
    ) -> Result<Vec<Moved>, StoreError> {
        self.write(|| expire(self, now, limit)).await
    }
}

async fn mark_published(
    store: &PostgresStore,
    transitions: &[(MessageKey, i64)],
) -> Result<(), Fault> {
    let mut connection = store.pool().acquire().await?;
    transition::mark_published(&mut connection, transitions).await
}

async fn unpublished(
    store: &PostgresStore,
    before: Stamp,
    limit: u16,
) -> Result<Vec<Moved>, Fault> {
    let mut reading = store.ingesting().await?;
    transition::unpublished_before(&mut reading, before, limit).await
}

async fn claim(
    store: &PostgresStore,
    now: Stamp,
    lease_until: Stamp,
    limit: u16,
) -> Result<Vec<Message>, Fault> {
    let mut transaction = store.ingesting().await?;
    let claimed = due::claim(&mut transaction, now, lease_until, limit).await?;
    transaction.commit().await?;
    Ok(claimed)
}

async fn expire(store: &PostgresStore, now: Stamp, limit: u16) -> Result<Vec<Moved>, Fault> {
    let mut transaction = store.ingesting().await?;
    let expired = due::expire(&mut transaction, now, limit).await?;
    transaction.commit().await?;
    Ok(expired)
}
