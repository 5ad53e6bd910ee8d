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

mod arrivals;
mod batch;
mod decode;
mod handler;
mod options;
mod presence;
mod progress;
pub(crate) mod replay;
mod seen;
mod setback;
mod telling;

use std::time::Duration;

use connector_domain::port::{IncomingRecord, LogError};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

pub use options::{Options, Ports, Topics};

use crate::backoff::Backoff;
use crate::log_writer::deliver;
use crate::rejection::chain;
use batch::Batch;
use progress::Progress;
use setback::Setback;

/// Applies what devices say.
pub struct KafkaConsumer {
    options: Options,
    ports: Ports,
    progress: Progress,
}

impl KafkaConsumer {
    /// Ready to run.
    pub fn new(options: Options, ports: Ports) -> Self {
        Self {
            options,
            ports,
            progress: Progress::default(),
        }
    }

    /// Runs until `shutdown`, then finishes the batch at hand and leaves the group. What is away is waited for.
    pub async fn run(mut self, shutdown: CancellationToken) -> anyhow::Result<()> {
        let mut backoff = Backoff::new();
        while !shutdown.is_cancelled() {
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
        tokio::select! {
            processed = self.process(&records) => processed?,
            () = patience(shutdown, self.options.drain) => return Err(Setback::Abandoned),
        }
        self.progress.applied(&records, &self.ports).await;
        Ok(())
    }

    async fn process(&self, records: &[IncomingRecord]) -> Result<(), Setback> {
        let (ports, options) = (&self.ports, &self.options);
        let mut batch = Batch::sort(records, options);
        measure(records);
        self.update_presence(&mut batch).await?;
        seen::note(ports, options, &batch.heard).await?;
        self.keep_arrivals(&mut batch).await?;
        deliver(ports.log.as_ref(), std::mem::take(&mut batch.dead_letters)).await?;
        ports.consumer.done(&batch.ends())?;
        Ok(())
    }

    async fn update_presence(&self, batch: &mut Batch<'_>) -> Result<(), Setback> {
        let to_look_up = batch.to_look_up();
        let tenants = if to_look_up.is_empty() {
            Vec::new()
        } else {
            self.ports.tenants.lookup(&to_look_up).await
        };
        let (connections, scope) = (self.ports.connections.as_ref(), self.ports.scope);
        let mut all = presence::apply(connections, scope, batch.take_devices(tenants)).await?;
        for (position, rejection) in std::mem::take(&mut all.refused) {
            batch.set_aside_control(position, &rejection);
        }
        presence::tell(&self.ports, &self.options, all).await
    }

    async fn keep_arrivals(&self, batch: &mut Batch<'_>) -> Result<(), Setback> {
        let arrived = std::mem::take(&mut batch.arrived);
        let mut all = arrivals::store(&self.ports, arrived).await?;
        for (record, rejection) in std::mem::take(&mut all.refused) {
            batch.set_aside(record, &rejection);
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

#[allow(clippy::cast_precision_loss, reason = "a histogram needs no more")]
fn measure(records: &[IncomingRecord]) {
    metrics::histogram!("connector_kafka_batch_records").record(records.len() as f64);
    for record in records {
        metrics::counter!("connector_kafka_records_total", "topic" => record.topic.clone())
            .increment(1);
    }
}
