//! The Kafka consumer: what devices say becomes connection records, messages and events. The only writer of connection
//! records and the only producer of connection events.
//!
//! Started by the role `kafka-message-consumer`; any number of them share the partitions. Each poll is one batch:
//! decode ([`decode`]) → dispatch and handle ([`handler`]) → apply and tell ([`presence`], [`seen`], [`arrivals`]) →
//! acknowledge. Promises:
//! - An offset is acknowledged after the database has committed and the events are delivered. When anything is away,
//!   nothing of the batch is acknowledged, and it is read again after a pause: what was done already is a replay, which
//!   changes nothing and tells exactly what was not told.
//! - Records of a device count in the order read; there is one batch at a time.
//! - What cannot be used is set aside on the dead-letter topic with the reason, and the rest goes on.
//! - Records taken = records settled, by outcome, + records at hand, as the metrics count them ([`custody`]); and what is
//!   stored to be told = what is told + what is not told yet ([`telling`]).

mod arrivals;
mod batch;
mod blocked;
mod books;
mod custody;
mod decode;
mod fate;
mod handler;
mod options;
mod ownership;
mod presence;
mod progress;
mod pulse;
pub(crate) mod replay;
mod seen;
mod setback;
mod state_topic;
mod telling;

use std::time::Duration;

use connector_domain::port::{IncomingRecord, LogError};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

pub use options::{Options, Ports, Topics};
pub use pulse::Pulse;

use crate::backoff::Backoff;
use crate::dead_letter;
use crate::log_writer::deliver;
use crate::rejection::chain;
use arrivals::AllStored;
use batch::Batch;
use custody::{Custody, Fates};
use presence::AllApplied;
use progress::Progress;
use setback::Setback;

/// Applies what devices say.
pub struct KafkaConsumer {
    options: Options,
    ports: Ports,
    progress: Progress,
    pulse: Pulse,
}

impl KafkaConsumer {
    /// Ready to run.
    pub fn new(options: Options, ports: Ports) -> Self {
        Self {
            options,
            ports,
            progress: Progress::default(),
            pulse: Pulse::new(),
        }
    }

    /// Tells that it goes round, for those who watch over it.
    pub fn pulse(&self) -> Pulse {
        self.pulse.clone()
    }

    /// Runs until `shutdown`, then finishes the batch at hand and leaves the group. What is away is waited for.
    pub async fn run(mut self, shutdown: CancellationToken) -> anyhow::Result<()> {
        dead_letter::count_none("kafka");
        let mut backoff = Backoff::new();
        while !shutdown.is_cancelled() {
            self.pulse.beat();
            match self.step(&shutdown).await {
                Ok(()) => backoff.reset(),
                Err(Setback::Abandoned) => break,
                Err(setback) => {
                    report(&setback);
                    backoff.wait(&shutdown).await;
                    self.rewind(&shutdown).await;
                }
            }
        }
        self.ports.consumer.close().await;
        info!("the kafka consumer has stopped");
        Ok(())
    }

    /// Reads and processes one batch.
    async fn step(&mut self, shutdown: &CancellationToken) -> Result<(), Setback> {
        let records = tokio::select! {
            biased;
            () = shutdown.cancelled() => return Ok(()),
            records = self.ports.consumer.next(self.options.batch) => records?,
        };
        if records.is_empty() {
            self.progress.idle(&self.ports).await;
            return Ok(());
        }
        let custody = Custody::of(&records);
        let fates = tokio::select! {
            processed = self.process(&records) => processed?,
            () = patience(shutdown, self.options.drain) => return Err(Setback::Abandoned),
        };
        custody.settle(fates);
        self.progress.applied(&records, &self.ports).await;
        Ok(())
    }

    async fn process(&self, records: &[IncomingRecord]) -> Result<Fates, Setback> {
        let (ports, options) = (&self.ports, &self.options);
        let blocks = blocked::of(ports.blocks.as_ref(), records).await?;
        let mut batch = Batch::sort(records, options, &blocks);
        self.update_presence(&mut batch).await?;
        seen::note(ports, options, &batch.heard).await?;
        self.keep_arrivals(&mut batch).await?;
        let dead_letters = batch.books.dead_letters(&options.topics.dead_letter);
        deliver(ports.log.as_ref(), dead_letters).await?;
        ports.consumer.done(&batch.ends())?;
        Ok(batch.books.close(records))
    }

    async fn update_presence(&self, batch: &mut Batch<'_>) -> Result<(), Setback> {
        let to_look_up = batch.to_look_up();
        let tenants = if to_look_up.is_empty() {
            Vec::new()
        } else {
            self.ports.tenants.lookup(&to_look_up).await
        };
        let (connections, scope) = (self.ports.connections.as_ref(), self.ports.scope);
        let mut all = AllApplied::default();
        let applied =
            presence::apply(connections, scope, batch.take_devices(tenants), &mut all).await;
        telling::stored(&self.options.topics.connection_events, all.stored());
        applied?;
        for (position, outcome) in std::mem::take(&mut all.outcomes) {
            batch.note_outcome(position, outcome);
        }
        for (position, rejection) in std::mem::take(&mut all.refused) {
            batch.set_aside_control(position, rejection);
        }
        presence::tell(&self.ports, &self.options, all).await
    }

    async fn keep_arrivals(&self, batch: &mut Batch<'_>) -> Result<(), Setback> {
        let arrived = std::mem::take(&mut batch.arrived);
        let mut all = AllStored::default();
        let stored = arrivals::store(&self.ports, arrived, &mut all).await;
        telling::stored(&self.options.topics.message_events, all.stored());
        stored?;
        for (record, new) in std::mem::take(&mut all.outcomes) {
            batch.books.note_arrival(record, new);
        }
        for (record, rejection) in std::mem::take(&mut all.refused) {
            batch.books.set_aside(record, rejection);
        }
        arrivals::tell(&self.ports, &self.options, all).await
    }

    /// Goes back to what is acknowledged. Without it the records of the failed batch would be skipped, so it is tried
    /// until it works.
    async fn rewind(&self, shutdown: &CancellationToken) {
        let mut backoff = Backoff::new();
        while !shutdown.is_cancelled() {
            let Err(error) = self.ports.consumer.rewind().await else {
                return;
            };
            warn!(%error, "the ingress topics cannot be read again yet");
            self.pulse.beat();
            backoff.wait(shutdown).await;
        }
    }
}

/// A refusal needs somebody to act; what is away comes back.
fn report(setback: &Setback) {
    metrics::counter!("connector_kafka_setbacks_total").increment(1);
    let error = chain(setback);
    if matches!(setback, Setback::Log(LogError::Refused(_))) {
        error!(error, "what devices say is not applied until this is cured");
    } else {
        warn!(error, "what devices say is not applied; trying again");
    }
}

/// Ends `drain` after shutdown began.
async fn patience(shutdown: &CancellationToken, drain: Duration) {
    shutdown.cancelled().await;
    tokio::time::sleep(drain).await;
}
