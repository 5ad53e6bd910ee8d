//! The MQTT consumer: what devices publish becomes records of the ingress topics, one record per message.
//!
//! Started by the role `mqtt-message-consumer`; one holder at a time, which [`Holder`] sees to. Promises:
//! - A message is acknowledged to the broker only after the log's delivery report for its record, and in the order of
//!   delivery. What is not acknowledged is delivered again.
//! - Reading goes on while reports are outstanding, bounded in number and bytes; a full producer queue stops it.
//! - Records of one device are in the log in the order of delivery, with strictly growing stamps.
//! - Received = written + dead-lettered + abandoned + in flight, as counted by the metrics here. What is abandoned is
//!   not acknowledged: the broker delivers it again.
//!
//! When an append fails, reading stops until every outstanding report is in. Then each failed record *and every later
//! one of the same device* is appended again, in order and under new stamps, for as long as it takes. New stamps,
//! because a later record of that device may be in the log already, and the readers take a record that is not above
//! it for a replay: under its old stamp the failed one would be lost. To the readers it looks like what it is, a
//! redelivery, which they expect from the broker anyway.

mod holder;
mod letter;
mod options;
mod stamper;
mod standing;
mod window;

use std::collections::HashSet;
use std::sync::Arc;

use connector_domain::port::{AppendError, AppendResult, Delivery, LinkError};
use connector_domain::stamp::Stamp;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

pub use holder::{Holder, HolderOptions, HolderPorts, Opening};
pub use options::{Options, Ports};
pub use stamper::newest_stamp;
pub use standing::{Standing, Status};

use crate::backoff::Backoff;
use crate::dead_letter;
use crate::log_writer::QUEUE_PATIENCE;
use crate::unix_time::seconds;
use letter::{Destination, Letter};
use stamper::Stamper;
use window::{Pending, Window};

/// Carries messages from the broker to the log.
pub struct MqttConsumer {
    options: Options,
    ports: Ports,
    stamper: Stamper,
    window: Window,
    /// Read, but the producer's queue was full: to be appended before anything else is read.
    waiting: Option<Letter>,
    backoff: Backoff,
}

enum Turn {
    Shutdown,
    Delivered(Result<Delivery, LinkError>),
    Reported(AppendResult),
    QueueMayHaveRoom,
}

impl MqttConsumer {
    /// Ready to run. Every stamp is above `start_above`, see [`newest_stamp`].
    pub fn new(options: Options, ports: Ports, start_above: Stamp) -> Self {
        Self {
            stamper: Stamper::new(Arc::clone(&ports.clock), start_above),
            window: Window::new(options.max_in_flight, options.max_in_flight_bytes),
            waiting: None,
            backoff: Backoff::new(),
            options,
            ports,
        }
    }

    /// Runs until `shutdown`, then waits for what is outstanding and disconnects. Fails when the broker refuses us, or
    /// when somebody else has our session: then what is outstanding is of no use, for nothing can be acknowledged.
    pub async fn run(mut self, shutdown: CancellationToken) -> Result<(), LinkError> {
        dead_letter::count_none("mqtt");
        let ended = self.carry(&shutdown).await;
        if ended.is_ok() {
            self.drain().await;
        }
        self.ports.inbox.close().await;
        info!(
            in_flight = self.window.len(),
            "the mqtt consumer has stopped"
        );
        ended
    }

    async fn carry(&mut self, shutdown: &CancellationToken) -> Result<(), LinkError> {
        loop {
            match self.turn(shutdown).await {
                Turn::Shutdown | Turn::Delivered(Err(LinkError::Closed)) => return Ok(()),
                Turn::Delivered(Err(error)) => return Err(error),
                Turn::Delivered(Ok(delivery)) => self.receive(delivery),
                Turn::QueueMayHaveRoom => self.append_waiting(),
                Turn::Reported(report) => self.settle(report, shutdown).await,
            }
            self.measure();
        }
    }

    async fn turn(&mut self, shutdown: &CancellationToken) -> Turn {
        let may_read = self.waiting.is_none() && self.window.has_room();
        let waits_for_queue = self.waiting.is_some();
        tokio::select! {
            biased;
            () = shutdown.cancelled() => Turn::Shutdown,
            report = self.window.oldest_report() => Turn::Reported(report),
            delivery = self.ports.inbox.next(), if may_read => Turn::Delivered(delivery),
            () = tokio::time::sleep(QUEUE_PATIENCE), if waits_for_queue => Turn::QueueMayHaveRoom,
        }
    }

    fn receive(&mut self, delivery: Delivery) {
        metrics::counter!("connector_mqtt_received_total").increment(1);
        metrics::counter!("connector_mqtt_received_bytes_total")
            .increment(delivery.payload.len() as u64);
        self.append_first(Letter::address(delivery, &self.options));
    }

    fn append_waiting(&mut self) {
        if let Some(letter) = self.waiting.take() {
            self.append_first(letter);
        }
    }

    /// Appends a letter for the first time. It is stamped at each attempt, so that stamps grow in the order of appends.
    fn append_first(&mut self, letter: Letter) {
        let record = letter.record(self.stamper.next(), &self.options);
        match self.ports.log.append(record) {
            Ok(report) => self.window.push(letter, report),
            Err(AppendError::QueueFull(_)) => {
                metrics::counter!("connector_mqtt_queue_full_total").increment(1);
                self.waiting = Some(letter);
            }
            Err(error) => self.window.push(letter, failed(error)),
        }
    }

    /// The oldest delivery has its report.
    async fn settle(&mut self, report: AppendResult, shutdown: &CancellationToken) {
        match report {
            Ok(_) => {
                self.backoff.reset();
                self.acknowledge_oldest();
            }
            Err(AppendError::TooLarge) => self.shrink_oldest(),
            Err(error) => {
                warn!(%error, in_flight = self.window.len(), "the log does not take what devices send; trying again");
                metrics::counter!("connector_mqtt_append_failures_total").increment(1);
                self.repair(shutdown).await;
            }
        }
    }

    fn acknowledge_oldest(&mut self) {
        let Some(Pending { letter, .. }) = self.window.pop() else {
            return;
        };
        self.ports.inbox.acknowledge(letter.delivery.receipt);
        metrics::histogram!("connector_mqtt_append_seconds").record(letter.since.elapsed());
        metrics::gauge!("connector_mqtt_last_durable_timestamp_seconds")
            .set(seconds(Some(self.ports.clock.now())));
        match letter.destination {
            Destination::Ingress(channel) => {
                metrics::counter!("connector_mqtt_written_total", "channel" => channel.as_str())
                    .increment(1);
            }
            Destination::DeadLetter { rejection, .. } => {
                warn!(
                    mqtt.topic = letter.delivery.topic,
                    reason = rejection.reason.as_str(),
                    "a message went to the dead letters"
                );
                dead_letter::count("mqtt", &rejection);
            }
        }
    }

    fn shrink_oldest(&mut self) {
        if let Some(oldest) = self.window.front() {
            oldest.letter.shrink();
            append_again(oldest, &mut self.stamper, &self.options, &self.ports);
        }
    }

    /// The oldest delivery failed: see the module's documentation.
    async fn repair(&mut self, shutdown: &CancellationToken) {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = self.window.all_reports() => {}
        }
        self.backoff.wait(shutdown).await;
        if shutdown.is_cancelled() {
            return;
        }
        let mut broken = HashSet::new();
        for pending in self.window.iter_mut() {
            let failed = matches!(
                pending.report().await,
                Err(AppendError::Unavailable(_) | AppendError::QueueFull(_))
            );
            let device = (!pending.letter.is_dead()).then(|| pending.letter.client_id.clone());
            let follows_a_failed_one = device
                .as_ref()
                .is_some_and(|device| broken.contains(device));
            if failed || follows_a_failed_one {
                broken.extend(device);
                append_again(pending, &mut self.stamper, &self.options, &self.ports);
            }
        }
    }

    /// Acknowledges what still becomes durable; the broker delivers the rest again to the next holder.
    async fn drain(&mut self) {
        let deadline = tokio::time::Instant::now() + self.options.drain;
        while self.window.len() > 0 {
            match tokio::time::timeout_at(deadline, self.window.oldest_report()).await {
                Ok(Ok(_)) => self.acknowledge_oldest(),
                Ok(Err(_)) | Err(_) => break,
            }
            self.measure();
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "a gauge needs no more")]
    fn measure(&self) {
        let waiting = self.waiting.as_ref();
        let messages = self.window.len() + usize::from(waiting.is_some());
        let bytes = self.window.bytes() + waiting.map_or(0, Letter::bytes);
        metrics::gauge!("connector_mqtt_in_flight").set(messages as f64);
        metrics::gauge!("connector_mqtt_in_flight_bytes").set(bytes as f64);
        let oldest = self.window.oldest().or(waiting.map(|letter| letter.since));
        let oldest = oldest.map(|since| self.ports.clock.now().minus(since.elapsed()));
        measure_oldest(oldest);
    }
}

/// When the oldest in flight was taken from the broker; 0 while there is none.
fn measure_oldest(since: Option<Stamp>) {
    metrics::gauge!("connector_mqtt_oldest_in_flight_timestamp_seconds").set(seconds(since));
}

impl Drop for MqttConsumer {
    fn drop(&mut self) {
        let abandoned = self.window.len() + usize::from(self.waiting.is_some());
        metrics::counter!("connector_mqtt_abandoned_total").increment(abandoned as u64);
        metrics::gauge!("connector_mqtt_in_flight").set(0);
        metrics::gauge!("connector_mqtt_in_flight_bytes").set(0);
        measure_oldest(None);
    }
}

/// Appends it again under a new stamp. What fails at once is found when its report is read.
fn append_again(pending: &mut Pending, stamper: &mut Stamper, options: &Options, ports: &Ports) {
    let record = pending.letter.record(stamper.next(), options);
    let report = ports.log.append(record).unwrap_or_else(failed);
    pending.appended(report);
}

fn failed(error: AppendError) -> BoxFuture<'static, AppendResult> {
    std::future::ready(Err(error)).boxed()
}
