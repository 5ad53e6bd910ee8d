//! `mqtt-message-consumer`: moves what devices say from the broker to Kafka. Of several one does, and the others stand
//! by: see `docs/adr/0004-one-mqtt-consumer-with-a-standby.md`.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use connector_consumers::mqtt_consumer::{
    self, Holder, HolderOptions, HolderPorts, Opening, newest_stamp,
};
use connector_domain::clock::System;
use connector_domain::port::{DeviceInbox, Lease, RecordLog, TailStart};
use connector_domain::stamp::{MAX_LEAD, Stamp};
use connector_domain::wire::{Channel, TopicPrefix};
use connector_transport::kafka;
use connector_transport::mqtt::{self, Inbox, InboxOptions};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::process::{lifecycle_of, start_management, until_stopped};
use super::watchdog::watch_producer;
use crate::compose::{Endpoints, HolderCheck, LogCheck, MqttRole, await_kafka};
use crate::config::Config;
use crate::http::Check;
use crate::lifecycle::{Lifecycle, Stage};

/// Most bytes taken from the broker and not yet durable.
const IN_FLIGHT_BYTES: usize = 32 * 1024 * 1024;

/// How long a former holder stays away.
const REST: Duration = Duration::from_secs(10);

/// Whether there may be others.
pub enum Place {
    /// There is nobody else; the newest stamp given before is this one.
    Only(Stamp),
    /// One of several, of which the lease chooses one.
    OneOf(Arc<dyn Lease>),
}

/// Runs the role alone.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let lifecycle = lifecycle_of(&config);
    let endpoints = Endpoints::configured(&config)?;
    let topics = &config.kafka.topics;
    let needed = [
        topics.control.as_str(),
        topics.data.as_str(),
        topics.dead_letter.as_str(),
        topics.lease.as_str(),
    ];
    await_kafka(&config, &endpoints, &needed).await?;
    let lease = lease(&config, &endpoints);
    lease.verify().await?;
    let place = Place::OneOf(Arc::new(lease));
    let checks = start(&config, &endpoints, place, &lifecycle)?;
    start_management(&config, &lifecycle, checks).await?;
    tracing::info!(role = "mqtt-message-consumer", "ready to consume");
    until_stopped(&lifecycle).await
}

fn lease(config: &Config, endpoints: &Endpoints) -> kafka::GroupLease {
    let options = kafka::LeaseOptions {
        topic: config.kafka.topics.lease.clone(),
        session_timeout: Duration::from_secs(config.mqtt.lease_session_seconds),
    };
    kafka::GroupLease::new(&endpoints.kafka, options)
}

/// Starts the role.
pub fn start(
    config: &Config,
    endpoints: &Endpoints,
    place: Place,
    lifecycle: &Lifecycle,
) -> anyhow::Result<Vec<Arc<dyn Check>>> {
    let producer = Arc::new(kafka::Producer::connect(
        &endpoints.kafka,
        kafka::ProducerOptions::default(),
    )?);
    watch_producer(producer.clone(), lifecycle);
    let log: Arc<dyn RecordLog> = producer;
    let opening = Arc::new(Links::new(config, endpoints, &place, lifecycle)?);
    // What cannot be used is said at start, also by a standby.
    opening.settings.check()?;
    let options = HolderOptions {
        consumer: consumer_options(config)?,
        rest: REST,
    };
    let ports = HolderPorts {
        lease: match place {
            Place::Only(_) => None,
            Place::OneOf(lease) => Some(lease),
        },
        opening,
        log: log.clone(),
        clock: Arc::new(System),
    };
    let holder = Holder::new(options, ports);
    let status = holder.status();
    lifecycle.spawn(
        Stage::Intake,
        "mqtt consumer",
        holder.run(lifecycle.stop_of(Stage::Intake)),
    );
    Ok(vec![Arc::new(HolderCheck(status)), Arc::new(LogCheck(log))])
}

fn consumer_options(config: &Config) -> anyhow::Result<mqtt_consumer::Options> {
    let topics = &config.kafka.topics;
    Ok(mqtt_consumer::Options {
        topic_prefix: TopicPrefix::parse(config.mqtt.topic_prefix.as_str())?,
        control_topic: topics.control.clone(),
        data_topic: topics.data.clone(),
        dead_letter_topic: topics.dead_letter.clone(),
        max_in_flight: config.mqtt.hand_off.into(),
        max_in_flight_bytes: IN_FLIGHT_BYTES,
        drain: Duration::from_secs(config.lifecycle.drain_seconds) / 2,
    })
}

/// What a holder begins with: the log's newest stamp, and a link to the broker.
struct Links {
    settings: mqtt::Settings,
    inbox: InboxOptions,
    kafka: kafka::Settings,
    log_id: Option<String>,
    ingress: [String; 2],
    known: Option<Stamp>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Links {
    fn new(
        config: &Config,
        endpoints: &Endpoints,
        place: &Place,
        lifecycle: &Lifecycle,
    ) -> anyhow::Result<Self> {
        let topic_prefix = TopicPrefix::parse(config.mqtt.topic_prefix.as_str())?;
        let topics = &config.kafka.topics;
        Ok(Self {
            settings: endpoints.mqtt(config, MqttRole::Consumer)?,
            inbox: InboxOptions {
                filters: vec![
                    topic_prefix.every_device(Channel::Control),
                    topic_prefix.every_device(Channel::Data),
                ],
                hand_off: config.mqtt.hand_off,
                session_expiry: Duration::from_secs(config.mqtt.session_expiry_seconds.into()),
            },
            kafka: endpoints.kafka.clone(),
            log_id: endpoints.log_id.clone(),
            ingress: [topics.control.clone(), topics.data.clone()],
            known: match place {
                Place::Only(newest) => Some(*newest),
                Place::OneOf(_) => None,
            },
            tasks: lifecycle.tasks_of(Stage::Links),
            stop: lifecycle.stop_of(Stage::Links),
        })
    }
}

#[async_trait]
impl Opening for Links {
    async fn newest_stamp(&self) -> anyhow::Result<Stamp> {
        if let Some(known) = self.known {
            return Ok(known);
        }
        let start = TailStart::Ago(2 * MAX_LEAD);
        let tail =
            kafka::Tail::open(&self.kafka, &self.ingress, start, self.log_id.clone()).await?;
        let newest = newest_stamp(&tail).await;
        tail.close().await;
        Ok(newest?.unwrap_or_default())
    }

    fn connect(&self) -> anyhow::Result<Arc<dyn DeviceInbox>> {
        let inbox = Inbox::start(&self.settings, self.inbox.clone(), &self.tasks, &self.stop)?;
        Ok(Arc::new(inbox))
    }
}
