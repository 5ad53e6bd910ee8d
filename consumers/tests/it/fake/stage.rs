//! A Kafka consumer on its fakes, and devices that write to its topics as the MQTT consumer would.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use connector_consumers::kafka_consumer::{KafkaConsumer, Options, Ports, Topics};
use connector_consumers::tenant_retries::{self, TenantRetries};
use connector_domain::clock::{Clock as _, Manual};
use connector_domain::connection::Connection;
use connector_domain::id::ClientId;
use connector_domain::port::{BatchLimit, ConnectionLedger as _, OutgoingRecord, RecordLog as _};
use connector_domain::scope::IngestScope;
use connector_domain::stamp::Stamp;
use connector_domain::wire::{Channel, TopicPrefix};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::reader::Reader;
use super::{Directory, Log, Store, eventually};

/// What devices' topics begin with.
pub fn topic_prefix() -> TopicPrefix {
    TopicPrefix::parse("redhat/insights").expect("valid")
}

/// Options of tests: short names, small waits.
fn options() -> Options {
    Options {
        topic_prefix: topic_prefix(),
        topics: Topics {
            control: "control".to_owned(),
            data: "data".to_owned(),
            connection_events: "connection-events".to_owned(),
            connection_state: "connection-state".to_owned(),
            message_events: "message-events".to_owned(),
            dead_letter: "dead-letter".to_owned(),
        },
        batch: BatchLimit {
            records: 100,
            bytes: 1 << 20,
            wait: Duration::from_millis(20),
            linger: Duration::ZERO,
        },
        drain: Duration::from_secs(1),
    }
}

/// An online message.
pub fn online(message_id: &str, client_name: &str) -> Value {
    json!({
        "type": "connection-status", "message_id": message_id, "version": 1, "sent": "2026-11-24T10:00:00Z",
        "content": {"state": "online", "client_name": client_name, "dispatchers": {"echo": {}}},
    })
}

pub struct Stage {
    pub clock: Arc<Manual>,
    pub log: Log,
    pub store: Arc<Store>,
    pub reader: Arc<Reader>,
    pub directory: Arc<Directory>,
    running: JoinSet<anyhow::Result<()>>,
    shutdown: CancellationToken,
}

impl Stage {
    /// Everything is there; nothing runs.
    pub fn set() -> Self {
        let now = Stamp::parse("2026-11-24T10:15:00Z").expect("valid");
        let clock = Arc::new(Manual::at(now));
        let log = Log::new(clock.clone());
        let topics = options().topics;
        let reader = Reader::new(log.clone(), vec![topics.control, topics.data]);
        Self {
            clock,
            log,
            store: Arc::default(),
            reader: Arc::new(reader),
            directory: Arc::default(),
            running: JoinSet::new(),
            shutdown: CancellationToken::new(),
        }
    }

    /// Starts a consumer, which joins the group.
    pub fn start(&mut self) {
        self.reader.join();
        let ports = Ports {
            consumer: self.reader.clone(),
            log: Arc::new(self.log.clone()),
            connections: self.store.clone(),
            messages: self.store.clone(),
            blocks: Arc::new(self.store.memory.clone()),
            tenants: self.directory.clone(),
            clock: self.clock.clone(),
            scope: IngestScope::issue(),
        };
        self.shutdown = CancellationToken::new();
        let consumer = KafkaConsumer::new(options(), ports);
        self.running.spawn(consumer.run(self.shutdown.clone()));
    }

    /// Starts looking up again whose devices are, beside a consumer.
    pub fn start_retries(&mut self) {
        let options = tenant_retries::Options {
            control_topic: options().topics.control,
            pending_every: Duration::from_millis(5),
            others_every: Duration::from_millis(5),
            limit: 3,
        };
        let ports = tenant_retries::Ports {
            consumer: self.reader.clone(),
            log: Arc::new(self.log.clone()),
            connections: self.store.clone(),
            tenants: self.directory.clone(),
            clock: self.clock.clone(),
            scope: IngestScope::issue(),
        };
        let retries = TenantRetries::new(options, ports);
        self.running.spawn(retries.run(self.shutdown.clone()));
    }

    /// Stops it as a crash does: nothing more is done.
    pub async fn crash(&mut self) {
        self.running.shutdown().await;
    }

    /// Stops it as asked for.
    pub async fn stop(&mut self) {
        self.shutdown.cancel();
        while let Some(ended) = self.running.join_next().await {
            ended.expect("no panic").expect("no error");
        }
    }

    /// Starts, waits until every record is acknowledged, stops.
    pub async fn play(&mut self) {
        self.start();
        self.is_read().await;
        self.stop().await;
    }

    /// Waits until every record is acknowledged.
    pub async fn is_read(&self) {
        eventually("every record is acknowledged", || self.reader.is_done()).await;
    }

    /// A device says something; a millisecond passes.
    pub async fn says(&self, client_id: &str, channel: Channel, payload: impl Into<Bytes>) {
        self.clock.advance(Duration::from_millis(1));
        self.said(client_id, channel, self.clock.now(), payload)
            .await;
    }

    /// What a device said at some time is written now.
    pub async fn said(
        &self,
        client_id: &str,
        channel: Channel,
        received: Stamp,
        payload: impl Into<Bytes>,
    ) {
        let client = ClientId::parse(client_id).expect("valid");
        let (topics, prefix) = (options().topics, options().topic_prefix);
        let headers = vec![
            ("topic", prefix.from_device(&client, channel)),
            ("mqtt_message_id", "1".to_owned()),
            ("date_received", received.to_string()),
        ];
        self.append(OutgoingRecord {
            topic: match channel {
                Channel::Control => topics.control,
                Channel::Data => topics.data,
            },
            key: Some(Bytes::from(client_id.to_owned())),
            headers,
            value: Some(payload.into()),
        })
        .await;
    }

    /// Appends any record.
    pub async fn append(&self, record: OutgoingRecord) {
        let report = self.log.append(record).expect("room");
        report.await.expect("written");
    }

    /// The record of a device.
    pub async fn connection(&self, client_id: &str) -> Option<Connection> {
        let client_ids = [ClientId::parse(client_id).expect("valid")];
        let found = self.store.memory.find(IngestScope::issue(), &client_ids);
        found.await.expect("there").pop()
    }
}

/// JSON on the control channel.
pub async fn control(stage: &Stage, client_id: &str, message: Value) {
    stage
        .says(client_id, Channel::Control, message.to_string())
        .await;
}

/// JSON on the data channel.
pub async fn data(stage: &Stage, client_id: &str, message: Value) {
    stage
        .says(client_id, Channel::Data, message.to_string())
        .await;
}
