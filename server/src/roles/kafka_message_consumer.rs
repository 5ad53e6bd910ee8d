//! `kafka-message-consumer`: applies what devices say to the database, and tells what changed.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use connector_consumers::kafka_consumer::{self, KafkaConsumer};
use connector_consumers::tenant_retries::{self, TenantRetries};
use connector_domain::clock::System;
use connector_domain::port::{BatchLimit, RecordConsumer, RecordLog};
use connector_domain::scope::IngestScope;
use connector_domain::wire::TopicPrefix;
use connector_transport::kafka;

use super::process::{lifecycle_of, start_management, until_stopped};
use super::watchdog::{ConsumerCheck, watch_consumer, watch_producer};
use crate::compose::{
    DatabaseCheck, Endpoints, LogCheck, Store, await_kafka, open_migrated_store, open_tenants,
};
use crate::config::Config;
use crate::http::Check;
use crate::lifecycle::{Lifecycle, Stage};

/// How often the end of the log is looked at while waiting for it.
const SETTLE_POLL: Duration = Duration::from_millis(20);

/// How much is applied in one transaction.
const BATCH: BatchLimit = BatchLimit {
    records: 1000,
    bytes: 8 * 1024 * 1024,
    wait: Duration::from_secs(1),
    linger: Duration::from_millis(5),
};

/// The running role.
pub struct KafkaRole {
    /// What it needs to be ready.
    pub checks: Vec<Arc<dyn Check>>,
    consumer: Arc<dyn RecordConsumer>,
}

impl KafkaRole {
    /// Waits until everything in the log is applied, all of which is this one consumer's.
    pub async fn settled(&self) {
        loop {
            match self.consumer.ends().await {
                Ok(ends)
                    if !ends.partitions.is_empty()
                        && ends.partitions.iter().all(|(_, _, end, next)| next >= end) =>
                {
                    return;
                }
                _ => tokio::time::sleep(SETTLE_POLL).await,
            }
        }
    }
}

/// Runs the role alone.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let lifecycle = lifecycle_of(&config);
    let endpoints = Endpoints::configured(&config)?;
    let partitions = await_kafka(&config, &endpoints, &config.kafka.topics.all()).await?;
    let store = open_migrated_store(&config, "kafka-message-consumer").await?;
    forget_former_partitions(&config, &store, |topic| partitions.get(topic).copied()).await?;
    let role = start(&config, &endpoints, &store, &lifecycle)?;
    start_management(&config, &lifecycle, role.checks).await?;
    tracing::info!(role = "kafka-message-consumer", "ready to consume");
    let outcome = until_stopped(&lifecycle).await;
    store.close().await;
    outcome
}

/// Forgets how far partitions were applied that are not there any more: topics of another name, or more of them.
pub async fn forget_former_partitions(
    config: &Config,
    store: &Store,
    partitions: impl Fn(&str) -> Option<i32>,
) -> anyhow::Result<()> {
    let topics = [&config.kafka.topics.control, &config.kafka.topics.data];
    let present: Vec<(String, i32)> = topics
        .into_iter()
        .filter_map(|topic| Some((topic.clone(), partitions(topic)?)))
        .collect();
    let kept = store.keep_progress_of(IngestScope::issue(), &present).await;
    kept.context("former partitions cannot be forgotten")
}

/// Starts the role.
pub fn start(
    config: &Config,
    endpoints: &Endpoints,
    store: &Store,
    lifecycle: &Lifecycle,
) -> anyhow::Result<KafkaRole> {
    let topics = &config.kafka.topics;
    let read = vec![topics.control.clone(), topics.data.clone()];
    let group = kafka::GroupOptions::new(config.kafka.group_id.as_str(), read);
    let group = Arc::new(kafka::GroupConsumer::join(&endpoints.kafka, &group)?);
    let consumer: Arc<dyn RecordConsumer> = group.clone();
    let producer = Arc::new(kafka::Producer::connect(
        &endpoints.kafka,
        kafka::ProducerOptions::default(),
    )?);
    watch_producer(producer.clone(), lifecycle);
    let log: Arc<dyn RecordLog> = producer;
    let tenants = open_tenants(&config.tenancy)?;
    let work = KafkaConsumer::new(
        kafka_consumer::Options {
            topic_prefix: TopicPrefix::parse(config.mqtt.topic_prefix.as_str())?,
            topics: kafka_consumer::Topics {
                control: topics.control.clone(),
                data: topics.data.clone(),
                connection_events: topics.connection_events.clone(),
                connection_state: topics.connection_state.clone(),
                message_events: topics.message_events.clone(),
                dead_letter: topics.dead_letter.clone(),
            },
            batch: BATCH,
            drain: Duration::from_secs(config.lifecycle.drain_seconds) / 2,
        },
        kafka_consumer::Ports {
            consumer: consumer.clone(),
            log: log.clone(),
            connections: store.clone(),
            messages: store.clone(),
            blocks: store.clone(),
            tenants: tenants.clone(),
            clock: Arc::new(System),
            scope: IngestScope::issue(),
        },
    );
    watch_consumer(group.clone(), work.pulse(), lifecycle);
    lifecycle.spawn(
        Stage::Work,
        "kafka consumer",
        work.run(lifecycle.stop_of(Stage::Work)),
    );
    let retries = TenantRetries::new(
        retry_options(config),
        tenant_retries::Ports {
            consumer: consumer.clone(),
            log: log.clone(),
            connections: store.clone(),
            tenants,
            clock: Arc::new(System),
            scope: IngestScope::issue(),
        },
    );
    lifecycle.spawn(
        Stage::Work,
        "tenant retries",
        retries.run(lifecycle.stop_of(Stage::Work)),
    );
    let checks: Vec<Arc<dyn Check>> = vec![
        Arc::new(DatabaseCheck(store.clone())),
        Arc::new(LogCheck(log)),
        Arc::new(ConsumerCheck(group)),
    ];
    Ok(KafkaRole { checks, consumer })
}

fn retry_options(config: &Config) -> tenant_retries::Options {
    let retry = &config.tenancy.retry;
    tenant_retries::Options {
        control_topic: config.kafka.topics.control.clone(),
        pending_every: Duration::from_millis(retry.pending_ms),
        others_every: Duration::from_secs(retry.unknown_seconds),
        limit: retry.limit,
    }
}
