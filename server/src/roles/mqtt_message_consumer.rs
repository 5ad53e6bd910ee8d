//! `mqtt-message-consumer`: moves what devices say from the broker to Kafka.

use std::sync::Arc;
use std::time::Duration;

use connector_consumers::mqtt_consumer::{self, MqttConsumer};
use connector_domain::clock::System;
use connector_domain::port::{DeviceInbox, RecordLog, TailStart};
use connector_domain::stamp::{MAX_LEAD, Stamp};
use connector_domain::wire::{Channel, TopicPrefix};
use connector_transport::kafka;
use connector_transport::mqtt::{Inbox, InboxOptions};

use super::process::{lifecycle_of, start_management, until_stopped};
use crate::compose::{BrokerCheck, Endpoints, LogCheck, MqttRole};
use crate::config::Config;
use crate::http::Check;
use crate::lifecycle::{Lifecycle, Stage};

/// Most bytes taken from the broker and not yet durable.
const IN_FLIGHT_BYTES: usize = 32 * 1024 * 1024;

/// Runs the role alone.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let lifecycle = lifecycle_of(&config);
    let endpoints = Endpoints::configured(&config)?;
    kafka::verify_topics(
        &endpoints.kafka,
        &[&config.kafka.topics.control, &config.kafka.topics.data],
    )
    .await?;
    let newest = newest_stamp(&config, &endpoints).await?;
    let checks = start(&config, &endpoints, newest, &lifecycle)?;
    start_management(&config, &lifecycle, checks).await?;
    tracing::info!(role = "mqtt-message-consumer", "ready to consume");
    until_stopped(&lifecycle).await
}

/// The newest stamp of a former holder, so that ours start above it even when clocks differ.
async fn newest_stamp(config: &Config, endpoints: &Endpoints) -> anyhow::Result<Stamp> {
    let topics = [
        config.kafka.topics.control.clone(),
        config.kafka.topics.data.clone(),
    ];
    let start = TailStart::Ago(2 * MAX_LEAD);
    let tail =
        kafka::Tail::open(&endpoints.kafka, &topics, start, endpoints.log_id.clone()).await?;
    Ok(mqtt_consumer::newest_stamp(&tail)
        .await?
        .unwrap_or_default())
}

/// Starts the role. Stamps begin above `newest`, the newest one given before.
pub fn start(
    config: &Config,
    endpoints: &Endpoints,
    newest: Stamp,
    lifecycle: &Lifecycle,
) -> anyhow::Result<Vec<Arc<dyn Check>>> {
    let topic_prefix = TopicPrefix::parse(config.mqtt.topic_prefix.as_str())?;
    let inbox: Arc<dyn DeviceInbox> = Arc::new(Inbox::start(
        &endpoints.mqtt(config, MqttRole::Consumer)?,
        InboxOptions {
            filters: vec![
                topic_prefix.every_device(Channel::Control),
                topic_prefix.every_device(Channel::Data),
            ],
            hand_off: config.mqtt.hand_off,
            session_expiry: Duration::from_secs(config.mqtt.session_expiry_seconds.into()),
        },
        &lifecycle.tasks_of(Stage::Links),
        &lifecycle.stop_of(Stage::Links),
    )?);
    let log: Arc<dyn RecordLog> = Arc::new(kafka::Producer::connect(
        &endpoints.kafka,
        kafka::ProducerOptions::default(),
    )?);
    let topics = &config.kafka.topics;
    let consumer = MqttConsumer::new(
        mqtt_consumer::Options {
            topic_prefix,
            control_topic: topics.control.clone(),
            data_topic: topics.data.clone(),
            dead_letter_topic: topics.dead_letter.clone(),
            max_in_flight: config.mqtt.hand_off.into(),
            max_in_flight_bytes: IN_FLIGHT_BYTES,
            drain: Duration::from_secs(config.lifecycle.drain_seconds) / 2,
        },
        mqtt_consumer::Ports {
            inbox: inbox.clone(),
            log: log.clone(),
            clock: Arc::new(System),
        },
        newest,
    );
    lifecycle.spawn(
        Stage::Intake,
        "mqtt consumer",
        consumer.run(lifecycle.stop_of(Stage::Intake)),
    );
    Ok(vec![
        Arc::new(BrokerCheck(move || inbox.is_connected())),
        Arc::new(LogCheck(log)),
    ])
}
