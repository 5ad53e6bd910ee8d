//! Appending records: idempotent, acknowledged by all replicas, in the order of the calls per key.

use std::sync::{Arc, Mutex as Lock, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_domain::port::{
    AppendError, AppendResult, LogError, LogPosition, OutgoingRecord, RecordLog,
};
use futures::future::BoxFuture;
use rdkafka::ClientConfig;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{DeliveryFuture, FutureProducer, FutureRecord, Producer as _, PurgeConfig};
use tokio::sync::Mutex;
use tracing::{info, warn};

use super::context::Context;
use super::failure::{append_error, log_error};
use super::metadata::blocking;
use super::renewal::{Renewal, let_go};
use super::settings::Settings;
use crate::lock::lock;

/// How long the log may take to answer a ping.
const PING: Duration = Duration::from_secs(2);

/// For logs and metrics.
const NAME: &str = "producer";

/// How long records may be under way.
#[derive(Debug, Clone, Copy)]
pub struct ProducerOptions {
    /// Longest time from [`RecordLog::append`] to the delivery report; 30 s by default. A record that takes longer is
    /// reported as [`AppendError::Unavailable`].
    pub delivery_timeout: Duration,
}

impl Default for ProducerOptions {
    fn default() -> Self {
        Self {
            delivery_timeout: Duration::from_secs(30),
        }
    }
}

/// Appends records. Its own thread does the work; one is enough for a process.
///
/// A client that failed for good, or whose producer id belongs to a log that was made anew, or whose certificates have
/// changed, makes way for a new one by itself, once all its reports are given.
pub struct Producer {
    config: ClientConfig,
    current: Lock<Current>,
    renewal: Lock<Renewal>,
    /// A topic to ask for in a ping, so that the log need not list them all.
    known_topic: OnceLock<String>,
    /// One ping at a time, for a thread waits for each.
    ping: Arc<Mutex<()>>,
}

impl Producer {
    /// Makes the producer; it connects by itself, and queues meanwhile.
    pub fn connect(settings: &Settings, options: ProducerOptions) -> Result<Self, LogError> {
        let delivery_timeout = options.delivery_timeout.as_millis().max(1).to_string();
        let mut config = settings.client_config(&[
            ("enable.idempotence", "true"),
            ("acks", "all"),
            // FNV-1a of the key, as the existing service; records without a key go anywhere.
            ("partitioner", "fnv1a_random"),
            ("linger.ms", "2"),
            ("delivery.timeout.ms", &delivery_timeout),
            ("queue.buffering.max.messages", "20000"),
            ("queue.buffering.max.kbytes", "32768"),
        ]);
        // A property of consumers; a producer would warn of it.
        config.remove("group.protocol");
        let renewal = Renewal::new(NAME, settings);
        let current = Current::new(&config).map_err(|error| log_error(&error))?;
        Ok(Self {
            config,
            current: Lock::new(current),
            renewal: Lock::new(renewal),
            known_topic: OnceLock::new(),
            ping: Arc::new(Mutex::new(())),
        })
    }

    /// Why nothing can be appended any more until the process starts anew.
    pub fn fatal_error(&self) -> Option<String> {
        self.renew_if_spent();
        let fatal = self.client().client().fatal_error();
        fatal.map(|(code, reason)| format!("{code:?}: {reason}"))
    }

    fn client(&self) -> FutureProducer<Context> {
        lock(&self.current).client.clone()
    }

    /// Not before every report is given: what is appended next must not overtake what has failed and is to be appended
    /// again. On a log made anew a producer id of the former one may be given out once more, and the two that have it
    /// then break each other's sequence.
    fn renew_if_spent(&self) {
        let mut renewal = lock(&self.renewal);
        let due = renewal.is_due().is_some();
        let mut current = lock(&self.current);
        current.is_outdated |= due;
        if !current.is_spent() || current.client.in_flight_count() > 0 {
            return;
        }
        match Current::new(&self.config) {
            Ok(renewed) => {
                info!("the kafka producer begins anew, with a new producer id");
                let_go(std::mem::replace(&mut *current, renewed));
            }
            Err(error) => {
                warn!(%error, "the producer cannot be made anew");
                current.is_outdated = false;
                renewal.is_not_done();
            }
        }
    }
}

/// The client in use.
struct Current {
    client: FutureProducer<Context>,
    context: Context,
    /// There are newer certificates. It takes nothing more, lest it never comes to an end of what is under way.
    is_outdated: bool,
}

impl Current {
    fn new(config: &ClientConfig) -> Result<Self, KafkaError> {
        let context = Context::named(NAME);
        let client = config.create_with_context(context.clone())?;
        Ok(Self {
            client,
            context,
            is_outdated: false,
        })
    }

    fn is_spent(&self) -> bool {
        self.is_outdated || self.context.is_another_log() || self.context.is_fatal()
    }
}

#[async_trait]
impl RecordLog for Producer {
    fn append(
        &self,
        record: OutgoingRecord,
    ) -> Result<BoxFuture<'static, AppendResult>, AppendError> {
        self.renew_if_spent();
        // Held until it is queued, lest it is queued at a client that has made way, behind what its successor sends.
        let current = lock(&self.current);
        if current.is_outdated {
            return Err(AppendError::QueueFull(Box::new(record)));
        }
        match current.client.send_result(future_record(&record)) {
            Ok(delivery) => {
                self.known_topic.get_or_init(|| record.topic);
                Ok(Box::pin(delivered(delivery)))
            }
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), _)) => {
                Err(AppendError::QueueFull(Box::new(record)))
            }
            // A client that has failed for good says so here before it tells of it.
            Err((error, _)) => {
                current.context.note(&error);
                Err(append_error(&error))
            }
        }
    }

    async fn flush(&self, deadline: Duration) -> Result<(), LogError> {
        let producer = self.client();
        blocking(move || producer.flush(deadline).map_err(|error| log_error(&error))).await
    }

    async fn ping(&self) -> Result<(), LogError> {
        self.renew_if_spent();
        let turn = self.ping.clone().lock_owned().await;
        let (producer, topic) = (self.client(), self.known_topic.get().cloned());
        blocking(move || {
            let _turn = turn;
            if let Some((_, reason)) = producer.client().fatal_error() {
                return Err(LogError::Refused(reason));
            }
            let metadata = producer.client().fetch_metadata(topic.as_deref(), PING);
            metadata.map(|_| ()).map_err(|error| log_error(&error))
        })
        .await
    }

    /// Goes on with a new client: an idempotent one that lost records out of its sequence is refused what follows them.
    fn purge(&self) {
        match Current::new(&self.config) {
            Ok(renewed) => {
                let former = std::mem::replace(&mut *lock(&self.current), renewed);
                former.client.purge(PurgeConfig::default().queue());
                let_go(former);
            }
            Err(error) => {
                warn!(%error, "the producer cannot be made anew");
                self.client().purge(PurgeConfig::default().queue());
            }
        }
    }
}

fn future_record(record: &OutgoingRecord) -> FutureRecord<'_, [u8], [u8]> {
    let mut headers = OwnedHeaders::new_with_capacity(record.headers.len());
    for (key, value) in &record.headers {
        let value = Some(value.as_bytes());
        headers = headers.insert(Header { key, value });
    }
    let mut future_record = FutureRecord::to(&record.topic).headers(headers);
    future_record.key = record.key.as_ref().map(Bytes::as_ref);
    future_record.payload = record.value.as_ref().map(Bytes::as_ref);
    future_record
}

async fn delivered(delivery: DeliveryFuture) -> AppendResult {
    match delivery.await {
        Ok(Ok(delivery)) => Ok(LogPosition {
            partition: delivery.partition,
            offset: delivery.offset,
        }),
        Ok(Err((error, _))) => Err(append_error(&error)),
        Err(_) => Err(AppendError::Unavailable("the producer is gone".to_owned())),
    }
}
