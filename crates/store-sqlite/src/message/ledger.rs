//! The writes of the Kafka consumer and of the jobs.

use async_trait::async_trait;
use connector_domain::id::MessageKey;
use connector_domain::message::{Arrival, Message, Moved};
use connector_domain::port::{MessageLedger, StoreError, StoredArrival};
use connector_domain::scope::IngestScope;
use connector_domain::stamp::Stamp;

use super::{answer, due, transition};
use crate::error::Fault;
use crate::pool::SqliteStore;

#[async_trait]
impl MessageLedger for SqliteStore {
    async fn arrive(
        &self,
        _scope: IngestScope,
        arrivals: &[Arrival],
    ) -> Result<Vec<StoredArrival>, StoreError> {
        Ok(arrive(self, arrivals).await?)
    }

    async fn mark_published(
        &self,
        _scope: IngestScope,
        transitions: &[(MessageKey, i64)],
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        transition::mark_published(&mut transaction, transitions).await?;
        transaction.commit().await.map_err(Fault::from)?;
        Ok(())
    }

    async fn unpublished(
        &self,
        _scope: IngestScope,
        before: Stamp,
        limit: u16,
    ) -> Result<Vec<Moved>, StoreError> {
        let mut connection = self.readers().acquire().await.map_err(Fault::from)?;
        Ok(transition::unpublished_before(&mut connection, before, limit).await?)
    }

    async fn claim_abandoned(
        &self,
        _scope: IngestScope,
        now: Stamp,
        lease_until: Stamp,
        limit: u16,
    ) -> Result<Vec<Message>, StoreError> {
        let mut transaction = self.write().await?;
        let claimed = due::claim(&mut transaction, now, lease_until, limit).await?;
        transaction.commit().await.map_err(Fault::from)?;
        Ok(claimed)
    }

    async fn expire(
        &self,
        _scope: IngestScope,
        now: Stamp,
        limit: u16,
    ) -> Result<Vec<Moved>, StoreError> {
        let mut transaction = self.write().await?;
        let expired = due::expire(&mut transaction, now, limit).await?;
        transaction.commit().await.map_err(Fault::from)?;
        Ok(expired)
    }
}

async fn arrive(store: &SqliteStore, arrivals: &[Arrival]) -> Result<Vec<StoredArrival>, Fault> {
    let mut transaction = store.write().await?;
    let orgs = answer::orgs_of(&mut transaction, arrivals).await?;
    let mut stored = Vec::with_capacity(arrivals.len());
    for arrival in arrivals {
        let org_id = orgs.get(arrival.client_id.as_str()).cloned();
        stored.push(answer::receive(&mut transaction, org_id, arrival).await?);
    }
    transaction.commit().await?;
    Ok(stored)
}
