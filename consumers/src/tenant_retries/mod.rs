//! Looks up again whose devices are that wait for a tenant, without their having spoken.
//!
//! Runs beside the Kafka consumer, in the same process. Finds devices in the database and asks the directory; where the
//! answer would change a record it appends the signal `tenant-due` to the ingress topic, and the consumer that has the
//! device's partition looks it up and applies the answer. Promises:
//! - Connection records keep their one writer, and their events the one who tells them.
//! - One process does it: whoever has the first partition of the control topic. Two at a time, while partitions move, do
//!   no harm.
//! - While the directory has no answers no signal is written, and what devices say waits for nothing of this.

mod options;
mod signalled;
mod walk;

use std::time::Duration;

use connector_domain::port::TenantDue;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tracing::warn;

pub use options::{Options, Ports};

use walk::Walk;

/// The partition whose owner does it.
const OF_THE_OWNER: i32 = 0;

/// Looks up again.
pub struct TenantRetries {
    options: Options,
    ports: Ports,
}

impl TenantRetries {
    /// Ready to run.
    pub fn new(options: Options, ports: Ports) -> Self {
        Self { options, ports }
    }

    /// Runs until `shutdown`. What fails is tried again in the next round.
    pub async fn run(self, shutdown: CancellationToken) -> anyhow::Result<()> {
        let pending = [Walk::of(TenantDue::Pending)];
        let others = [Walk::of(TenantDue::None), Walk::of(TenantDue::Doubted)];
        let going = async {
            // Beside each other: a round of the others may take long, and those pending shall wait seconds only.
            tokio::join!(
                self.go_round(pending, self.options.pending_every),
                self.go_round(others, self.options.others_every),
            )
        };
        shutdown.run_until_cancelled(going).await;
        Ok(())
    }

    async fn go_round<const N: usize>(&self, mut walks: [Walk; N], every: Duration) {
        let mut rounds = tokio::time::interval(every);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            rounds.tick().await;
            if !self.is_ours() {
                continue;
            }
            for walk in &mut walks {
                if let Err(error) = walk.go_on(&self.options, &self.ports).await {
                    warn!(
                        error = format!("{error:#}"),
                        "devices that wait for a tenant are not looked up again yet"
                    );
                }
            }
        }
    }

    fn is_ours(&self) -> bool {
        let topic = &self.options.control_topic;
        self.ports.consumer.holds(topic, OF_THE_OWNER)
    }
}
