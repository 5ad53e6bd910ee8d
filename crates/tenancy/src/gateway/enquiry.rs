//! One device's lookup: requests, the pauses between them, and who is told how they went.

use std::sync::Arc;
use std::time::Duration;

use connector_domain::clock::{Clock, IdSource};
use connector_domain::id::ClientId;
use connector_domain::tenant::TenantLookup;
use tokio::time::{Instant, sleep, timeout};
use tracing::debug;

use super::answer::{self, UnknownAnswer};
use super::breaker::Breaker;
use super::endpoint::{EndpointError, Reply, Requester};
use super::fault::Fault;
use super::settings::{GatewaySettings, Patience};
use crate::chance::random;

/// The first pause is up to this long, and each further one up to twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Asks the gateway about one device at a time.
pub(super) struct Enquirer {
    requester: Requester,
    breaker: Breaker,
    patience: Patience,
    unknown: Vec<UnknownAnswer>,
    clock: Arc<dyn Clock>,
}

impl Enquirer {
    pub(super) fn new(
        settings: &GatewaySettings,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Result<Self, EndpointError> {
        Ok(Self {
            requester: Requester::new(settings, ids)?,
            breaker: Breaker::new(settings.breaker.clone()),
            patience: settings.patience.clone(),
            unknown: settings.unknown.clone(),
            clock,
        })
    }

    /// Whether the gateway answered lately, so that it is worth waiting for.
    pub(super) fn is_worth_waiting_for(&self) -> bool {
        self.breaker.is_closed()
    }

    /// Asks until there is an answer, at most as often and as long as set.
    pub(super) async fn ask(&self, client_id: &ClientId) -> Result<TenantLookup, Fault> {
        let deadline = Instant::now() + self.patience.lookup;
        let mut longest = FIRST_PAUSE;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let fault = match self.attempt(client_id, deadline).await {
                Ok(lookup) => return Ok(lookup),
                Err(fault) => fault,
            };
            debug!(client.id = %client_id, attempt, error = %fault, "the tenant gateway gave no answer");
            let pause = longest.mul_f64(random());
            let in_time = Instant::now() + pause < deadline;
            if !fault.is_passing() || !in_time || attempt >= self.patience.attempts {
                return Err(fault);
            }
            sleep(pause).await;
            longest = LONGEST_PAUSE.min(longest * 2);
        }
    }

    async fn attempt(
        &self,
        client_id: &ClientId,
        deadline: Instant,
    ) -> Result<TenantLookup, Fault> {
        let pass = self.breaker.enter().ok_or(Fault::Resting)?;
        let started = Instant::now();
        let limit = self.patience.request.min(deadline - started);
        let reply = timeout(limit, self.requester.ask(client_id)).await;
        let answer = reply
            .map_err(|_| Fault::Timeout)
            .flatten()
            .and_then(|reply| self.read(&reply));
        measure(&answer, started.elapsed());
        match &answer {
            Ok(_) => pass.succeeded(),
            Err(fault) => pass.failed(client_id, fault),
        }
        answer
    }

    fn read(&self, reply: &Reply) -> Result<TenantLookup, Fault> {
        answer::read(reply.status, &reply.body, &self.unknown, self.clock.now())
    }
}

fn measure(answer: &Result<TenantLookup, Fault>, took: Duration) {
    let outcome = match answer {
        Ok(TenantLookup::Known(_)) => "known",
        Ok(_) => "unknown",
        Err(fault) => fault.label(),
    };
    metrics::histogram!("connector_tenant_request_seconds", "outcome" => outcome).record(took);
}
