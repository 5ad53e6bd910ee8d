//! The writes of the Kafka consumer and of the jobs.

use async_trait::async_trait;
use connector_domain::id::MessageKey;
use connector_domain::message::{Arrival, Message, MessageState, Moved, Step};
use connector_domain::port::{MessageLedger, StoreError, StoredArrival};
use connector_domain::scope::IngestScope;
use connector_domain::stamp::Stamp;

use crate::store::{MemoryStore, StoredMessage, Tables};

#[async_trait]
impl MessageLedger for MemoryStore {
    async fn arrive(
        &self,
        _scope: IngestScope,
        arrivals: &[Arrival],
    ) -> Result<Vec<StoredArrival>, StoreError> {
        let mut tables = self.call();
        Ok(arrivals
            .iter()
            .map(|arrival| tables.receive(arrival))
            .collect())
    }

    async fn mark_published(
        &self,
        _scope: IngestScope,
        transitions: &[(MessageKey, i64)],
    ) -> Result<(), StoreError> {
        let mut tables = self.call();
        for (key, seq) in transitions {
            tables.mark_told(key, *seq);
        }
        Ok(())
    }

    async fn unpublished(
        &self,
        _scope: IngestScope,
        before: Stamp,
        limit: u16,
    ) -> Result<Vec<Moved>, StoreError> {
        let tables = self.call();
        let mut untold: Vec<Moved> = tables
            .messages
            .values()
            .flat_map(StoredMessage::untold)
            .filter(|moved| moved.transition.at < before)
            .collect();
        // Stable: ties stay in the order of keys and steps.
        untold.sort_by_key(|moved| moved.transition.at);
        untold.truncate(usize::from(limit));
        Ok(untold)
    }

    async fn claim_abandoned(
        &self,
        _scope: IngestScope,
        now: Stamp,
        lease_until: Stamp,
        limit: u16,
    ) -> Result<Vec<Message>, StoreError> {
        let mut tables = self.call();
        let abandoned = tables.unleased(now, limit, |message| !is_past(message, now));
        Ok(abandoned
            .into_iter()
            .map(|stored| {
                stored.lease_until = Some(lease_until);
                stored.message.redelivered = true;
                stored.message.clone()
            })
            .collect())
    }

    async fn expire(
        &self,
        _scope: IngestScope,
        now: Stamp,
        limit: u16,
    ) -> Result<Vec<Moved>, StoreError> {
        let mut tables = self.call();
        let past = tables.unleased(now, limit, |message| is_past(message, now));
        Ok(past
            .into_iter()
            .filter_map(|stored| stored.step(Step::to(MessageState::Expired, now)).ok())
            .collect())
    }
}

fn is_past(message: &Message, now: Stamp) -> bool {
    message
        .expires_at
        .is_some_and(|expires_at| expires_at < now)
}

impl Tables {
    /// QUEUED messages that nobody holds, those waiting longest first.
    fn unleased(
        &mut self,
        now: Stamp,
        limit: u16,
        wanted: impl Fn(&Message) -> bool,
    ) -> Vec<&mut StoredMessage> {
        let mut found: Vec<&mut StoredMessage> = self
            .messages
            .values_mut()
            .filter(|stored| {
                stored.message.state == MessageState::Queued
                    && stored.lease_until.is_some_and(|until| until < now)
                    && wanted(&stored.message)
            })
            .collect();
        found.sort_by_key(|stored| (stored.lease_until, stored.message.created_at));
        found.truncate(usize::from(limit));
        found
    }
}
