//! Answers kept for a while, each as long as its kind may be; one lookup per device at a time.

use std::future::Future;
use std::time::{Duration, Instant};

use connector_domain::id::ClientId;
use connector_domain::tenant::TenantLookup;
use moka::Expiry;
use moka::future::Cache;
use moka::policy::EvictionPolicy;

use super::fault::Fault;
use super::settings::CacheSettings;

/// Answers by device.
pub(super) struct Answers(Cache<ClientId, TenantLookup>);

impl Answers {
    pub(super) fn new(settings: CacheSettings) -> Self {
        let cache = Cache::builder()
            .max_capacity(settings.entries)
            .eviction_policy(EvictionPolicy::lru())
            .expire_after(Lifetimes(settings))
            .build();
        Self(cache)
    }

    /// The answer that is kept.
    pub(super) async fn get(&self, client_id: &ClientId) -> Option<TenantLookup> {
        self.0.get(client_id).await
    }

    /// The answer that is kept, or else what `ask` gives, which is then kept. Whoever comes while another asks waits for
    /// that answer. That nobody was asked is not kept: the next who comes may be the one who tries.
    pub(super) async fn get_or_ask(
        &self,
        client_id: ClientId,
        ask: impl Future<Output = Result<TenantLookup, Fault>>,
    ) -> TenantLookup {
        let keep = async {
            match ask.await {
                Err(Fault::Resting) => Err(Fault::Resting),
                answer => Ok(answer.unwrap_or(TenantLookup::Unavailable)),
            }
        };
        let answer = self.0.try_get_with(client_id, keep).await;
        answer.unwrap_or(TenantLookup::Unavailable)
    }

    /// Nobody waits again soon for an answer that did not come in time. Whoever still asks replaces this with what comes.
    pub(super) async fn note_late(&self, client_id: ClientId) {
        self.0.insert(client_id, TenantLookup::Unavailable).await;
    }

    /// About how many there are.
    pub(super) fn count(&self) -> u64 {
        self.0.entry_count()
    }
}

struct Lifetimes(CacheSettings);

impl Lifetimes {
    fn of(&self, lookup: &TenantLookup) -> Duration {
        match lookup {
            TenantLookup::Known(_) => self.0.known,
            TenantLookup::Unknown(_) => self.0.unknown,
            TenantLookup::Unavailable => self.0.unavailable,
        }
    }
}

impl Expiry<ClientId, TenantLookup> for Lifetimes {
    fn expire_after_create(
        &self,
        _: &ClientId,
        lookup: &TenantLookup,
        _: Instant,
    ) -> Option<Duration> {
        Some(self.of(lookup))
    }

    /// Left out, a new answer would live as long as what it replaces.
    fn expire_after_update(
        &self,
        _: &ClientId,
        lookup: &TenantLookup,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(self.of(lookup))
    }
}
