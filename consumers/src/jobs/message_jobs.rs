//! Picks up what a crash left of messages: steps that nobody was told of, messages whose sender is gone, and those whose
//! time ran out. Changes of connections need no job: their records are read again from Kafka.

use std::sync::Arc;
use std::time::Duration;

use connector_domain::clock::Clock;
use connector_domain::message::{Message, Moved, SEND_LEASE};
use connector_domain::port::{MessageLedger, StoreError};
use connector_domain::scope::IngestScope;
use connector_domain::stamp::Stamp;
use connector_outbox::Outbox;
use futures::StreamExt as _;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// Messages resent at the same time. All of a round must be published within the lease they are claimed under.
const CONCURRENT_RESENDS: usize = 16;

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct Options {
    /// How often to look: 1 s.
    pub every: Duration,
    /// How long whoever took a step has to tell of it: 5 s.
    pub untold_after: Duration,
    /// Most messages of each sort picked up in one round.
    pub limit: u16,
}

/// What it works with.
#[derive(Clone)]
pub struct Ports {
    /// Messages.
    pub messages: Arc<dyn MessageLedger>,
    /// Sends and tells.
    pub outbox: Outbox,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The right to read without a tenant.
    pub scope: IngestScope,
}

/// The jobs about messages. Harmless when several processes run them: a claim is one process's, and a step told twice
/// has one sequence number.
pub struct MessageJobs {
    options: Options,
    ports: Ports,
}

impl MessageJobs {
    /// Ready to run.
    pub fn new(options: Options, ports: Ports) -> Self {
        Self { options, ports }
    }

    /// Runs until `shutdown`. What fails is tried again in the next round.
    pub async fn run(self, shutdown: CancellationToken) -> anyhow::Result<()> {
        let mut rounds = tokio::time::interval(self.options.every);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return Ok(()),
                _ = rounds.tick() => {}
            }
            if let Err(error) = self.round(&shutdown).await {
                warn!(%error, "left-over messages are not picked up; trying again");
            }
        }
    }

    async fn round(&self, shutdown: &CancellationToken) -> Result<(), StoreError> {
        let Ports {
            messages, scope, ..
        } = &self.ports;
        let limit = self.options.limit;
        let now = self.ports.clock.now();
        let before = now.minus(self.options.untold_after);
        let untold = messages.unpublished(*scope, before, limit).await?;
        self.tell("untold", untold, shutdown).await;
        let expired = messages.expire(*scope, now, limit).await?;
        self.tell("expired", expired, shutdown).await;
        let now = self.ports.clock.now();
        let lease_until = now.plus(SEND_LEASE);
        let abandoned = messages
            .claim_abandoned(*scope, now, lease_until, limit)
            .await?;
        self.resend(abandoned, lease_until).await;
        Ok(())
    }

    /// Tells of steps one after the other, so that those of one message keep their order.
    async fn tell(&self, job: &'static str, steps: Vec<Moved>, shutdown: &CancellationToken) {
        count(job, steps.len());
        for moved in steps {
            if shutdown.is_cancelled() {
                return;
            }
            self.ports.outbox.tell(&moved).await;
        }
    }

    async fn resend(&self, messages: Vec<Message>, lease_until: Stamp) {
        count("abandoned", messages.len());
        futures::stream::iter(messages)
            .for_each_concurrent(CONCURRENT_RESENDS, |message| async move {
                let message_id = message.message_id;
                info!(message.id = %message_id, client.id = %message.client_id, "sending a message whose sender is gone");
                if let Err(error) = self.ports.outbox.resend(message, lease_until).await {
                    warn!(%error, message.id = %message_id, "a message is not sent yet");
                }
            })
            .await;
    }
}

fn count(job: &'static str, messages: usize) {
    metrics::counter!("connector_message_jobs_total", "job" => job).increment(messages as u64);
}
