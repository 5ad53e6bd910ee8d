//! Whose devices are, from a gateway over HTTP: `GET` with the device's common name in a header, answered by an identity.
//!
//! A batch of lookups goes through [`cache`] (kept answers, one lookup per device at a time), [`enquiry`] (attempts and
//! pauses), [`breaker`] (whether to ask at all), [`endpoint`] (one request, with the certificates of now) and [`answer`]
//! (what status and body mean).

mod answer;
mod breaker;
mod cache;
mod endpoint;
mod enquiry;
mod fault;
mod identity;
mod ongoing;
mod settings;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use connector_domain::clock::{Clock, IdSource};
use connector_domain::id::ClientId;
use connector_domain::port::TenantDirectory;
use connector_domain::tenant::TenantLookup;
use futures::future::join_all;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use cache::Answers;
use enquiry::Enquirer;
use ongoing::{Lookup, Ongoing};

use crate::share::UnknownShare;

pub use answer::{UnknownAnswer, UnknownAnswerError};
pub use endpoint::EndpointError;
pub use fault::Fault;
pub use settings::{BreakerSettings, CacheSettings, Endpoint, GatewaySettings, Patience};

/// Of all lookups that may go on at the same time, those who have time take one in so many.
const SPARE_SHARE: usize = 4;

/// Asks a gateway, and keeps its answers for a while.
///
/// A batch waits at most the time set for it. A lookup that takes longer goes on without the batch, at most
/// `concurrency` of them in all, so that a slow gateway is still made use of. While the gateway is left alone, nobody
/// waits at all. Lookups end when it is dropped. Looking again leaves the more part of them to devices that speak.
pub struct GatewayDirectory {
    shared: Arc<Shared>,
    permits: Arc<Semaphore>,
    /// Turns of those who have time.
    spare: Semaphore,
    tasks: TaskTracker,
    share: UnknownShare,
    patience: Patience,
    dropped: CancellationToken,
    _ends_tasks: DropGuard,
}

struct Shared {
    answers: Answers,
    enquirer: Enquirer,
    ongoing: Ongoing,
}

impl GatewayDirectory {
    /// Reads certificates; does not ask the gateway, which may be away. `clock` says when it answered, `ids` names requests.
    pub fn open(
        settings: GatewaySettings,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Result<Self, EndpointError> {
        let enquirer = Enquirer::new(&settings, clock, ids)?;
        let dropped = CancellationToken::new();
        Ok(Self {
            shared: Arc::new(Shared {
                answers: Answers::new(settings.cache),
                enquirer,
                ongoing: Ongoing::default(),
            }),
            permits: Arc::new(Semaphore::new(settings.concurrency)),
            spare: Semaphore::new((settings.concurrency / SPARE_SHARE).max(1)),
            tasks: TaskTracker::new(),
            share: UnknownShare::default(),
            patience: settings.patience,
            _ends_tasks: dropped.clone().drop_guard(),
            dropped,
        })
    }

    /// Asks about one device, whatever is kept: for a look from outside.
    pub async fn ask(&self, client_id: &ClientId) -> Result<TenantLookup, Fault> {
        self.shared.enquirer.ask(client_id).await
    }

    /// How many of the lookups of the last hour that had an answer were *unknown*: from 0 to 1. While it is more than a
    /// hundredth, the gateway's word takes no tenant away.
    pub fn unknown_ratio(&self) -> f64 {
        self.share.ratio()
    }

    async fn find(&self, client_id: &ClientId, deadline: Instant) -> TenantLookup {
        if let Some(kept) = self.shared.answers.get(client_id).await {
            count(&kept, "cache");
            return kept;
        }
        let (answer, from) = match self.enquire_until(deadline, client_id).await {
            Some(answer) => (answer, "gateway"),
            None => (TenantLookup::Unavailable, "late"),
        };
        count(&answer, from);
        answer
    }

    /// The answer, however long it takes.
    async fn find_in_turn(&self, client_id: &ClientId) -> TenantLookup {
        // It is never closed.
        let _turn = self.spare.acquire().await;
        let deadline = Instant::now() + self.patience.lookup;
        self.find(client_id, deadline).await
    }

    /// `None` when there is no answer by then. What has begun goes on without whoever waits, and nobody waits for it again
    /// soon; a turn that has not come is lost. Waiting for what has begun takes no turn.
    async fn enquire_until(&self, deadline: Instant, client_id: &ClientId) -> Option<TenantLookup> {
        let lookup = if let Some(lookup) = self.shared.ongoing.get(client_id) {
            lookup
        } else {
            let turn = self.permits.clone().acquire_owned();
            let permit = timeout_at(deadline, turn).await.ok()?.ok()?;
            self.begin(client_id, permit)
        };
        if let Ok(answer) = timeout_at(deadline, lookup).await {
            return answer;
        }
        // While the gateway is left alone nobody waits anyway, and whoever comes next may be the one who tries it.
        if self.shared.enquirer.is_worth_waiting_for() {
            self.shared.answers.note_late(client_id.clone()).await;
        }
        None
    }

    /// Asks in the background, until there is an answer or the directory is dropped, unless somebody else does by now.
    fn begin(&self, client_id: &ClientId, permit: OwnedSemaphorePermit) -> Lookup {
        self.shared.ongoing.get_or_begin(client_id, |entry| {
            let (shared, dropped) = (self.shared.clone(), self.dropped.clone());
            let client_id = client_id.clone();
            self.tasks.spawn(async move {
                let ask = shared.enquirer.ask(&client_id);
                let answer = shared.answers.get_or_ask(client_id.clone(), ask);
                if let Some(answer) = dropped.run_until_cancelled(answer).await {
                    entry.answer(answer);
                }
                drop(permit);
            });
        })
    }

    #[allow(clippy::cast_precision_loss, reason = "a gauge needs no more")]
    fn measure(&self) {
        metrics::gauge!("connector_tenant_cache_entries").set(self.shared.answers.count() as f64);
        metrics::gauge!("connector_tenant_unknown_ratio").set(self.unknown_ratio());
    }
}

#[async_trait]
impl TenantDirectory for GatewayDirectory {
    async fn lookup(&self, client_ids: &[ClientId]) -> Vec<TenantLookup> {
        let patience = if self.shared.enquirer.is_worth_waiting_for() {
            self.patience.batch
        } else {
            Duration::ZERO
        };
        let deadline = Instant::now() + patience;
        let mut answers = join_all(client_ids.iter().map(|id| self.find(id, deadline))).await;
        self.share.judge(&mut answers);
        self.measure();
        answers
    }

    async fn look_again(&self, client_ids: &[ClientId]) -> Vec<TenantLookup> {
        join_all(client_ids.iter().map(|id| self.find_in_turn(id))).await
    }
}

fn count(lookup: &TenantLookup, from: &'static str) {
    metrics::counter!(
        "connector_tenant_lookups_total",
        "outcome" => lookup.as_str(),
        "from" => from,
    )
    .increment(1);
}
