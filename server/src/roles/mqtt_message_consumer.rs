//! `mqtt-message-consumer`: moves what devices say from the broker to Kafka.

use std::sync::Arc;
use std::time::Duration;

use connector_consumers::mqtt_consumer::{self, MqttConsumer};
use connector_domain::clock::System;
use connector_domain::port::{DeviceInbox, RecordLog};
use connector_domain::stamp::Stamp;
use connector_domain::wire::{Channel, TopicPrefix};
use connector_transport::kafka;
use connector_transport::mqtt::{Inbox, InboxOptions};

use super::process::{lifecycle_of, start_management, until_stopped};
use crate::compose::{BrokerCheck, Endpoints, LogCheck, MqttRole};
use crate::config::Config;
use crate::http::Check;
use crate::lifecycle::{Lifecycle, Stage};

/// Runs the role alone.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let lifecycle = lifecycle_of(&config);
    let endpoints = Endpoints::configured(&config)?;
    kafka::verify_topics(&endpoints.kafka, &[&config.kafka.topics.control, &config.kafka.topics.data]).await?;
    let checks = start(&config, &endpoints, Stamp::default(), &lifecycle)?;
    start_management(&config, &lifecycle, checks).await?;
    tracing::info!(role = "mqtt-message-consumer", "ready to consume");
    until_stopped(&lifecycle).await
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
        endpoints.mqtt(config, MqttRole::Consumer)?,
        InboxOptions {
            filters: vec![topic_prefix.every_device(Channel::Control), topic_prefix.every_device(Channel::Data)],
            hand_off: config.mqtt.hand_off,
            session_expiry: Duration::from_secs(config.mqtt.session_expiry_seconds.into()),
        },
        &lifecycle.tasks_of(Stage::Links),
        lifecycle.stop_of(Stage::Links),
    )?);
    let log: Arc<dyn RecordLog> = Arc::new(kafka::Producer::connect(&endpoints.kafka)?);
    let topics = &config.kafka.topics;
    let consumer = MqttConsumer::new(
        mqtt_consumer::Options {
            topic_prefix,
            control_topic: topics.control.clone(),
            data_topic: topics.data.clone(),
            dead_letter_topic: topics.dead_letter.clone(),
            ..mqtt_consumer::Options::default()
        },
        mqtt_consumer::Ports { inbox: inbox.clone(), log: log.clone(), clock: Arc::new(System) },
        newest,
    );
    lifecycle.spawn(Stage::Intake, "mqtt consumer", consumer.run(lifecycle.stop_of(Stage::Intake)));
    Ok(vec![Arc::new(BrokerCheck(move || inbox.is_connected())), Arc::new(LogCheck(log))])
}
