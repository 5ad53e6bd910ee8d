//! `jobs`: picks up what crashed senders left. Runs in every API server; alone where that shall have nothing else to do.
//! Every step is claimed in the database, so that any number of them may run.

use std::sync::Arc;
use std::time::Duration;

use connector_consumers::jobs::{self, MessageJobs};
use connector_domain::clock::System;
use connector_domain::port::RecordLog;
use connector_domain::scope::IngestScope;
use connector_outbox::Outbox;
use connector_transport::kafka;

use super::api_server::outbox;
use super::process::{lifecycle_of, start_management, until_stopped};
use super::watchdog::watch_producer;
use crate::compose::{
    BrokerCheck, DatabaseCheck, Endpoints, LogCheck, Store, await_kafka, open_migrated_store,
};
use crate::config::Config;
use crate::lifecycle::{Lifecycle, Stage};

/// How often jobs look, and how long others have first.
const OPTIONS: jobs::Options = jobs::Options {
    every: Duration::from_secs(1),
    untold_after: Duration::from_secs(5),
    limit: 100,
};

/// Runs the role alone.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let lifecycle = lifecycle_of(&config);
    let endpoints = Endpoints::configured(&config)?;
    await_kafka(&config, &endpoints, &[&config.kafka.topics.message_events]).await?;
    let store = open_migrated_store(&config, "jobs").await?;
    let producer = Arc::new(kafka::Producer::connect(
        &endpoints.kafka,
        kafka::ProducerOptions::default(),
    )?);
    watch_producer(producer.clone(), &lifecycle);
    let log: Arc<dyn RecordLog> = producer;
    let outbox = outbox(&config, &endpoints, &store, log.clone(), &lifecycle)?;
    spawn(&store, outbox.clone(), &lifecycle);
    start_management(
        &config,
        &lifecycle,
        vec![
            Arc::new(DatabaseCheck(store.clone())),
            Arc::new(LogCheck(log)),
            Arc::new(BrokerCheck(move || outbox.is_connected())),
        ],
    )
    .await?;
    tracing::info!(role = "jobs", "ready to work");
    let outcome = until_stopped(&lifecycle).await;
    store.close().await;
    outcome
}

/// Starts the jobs.
pub(super) fn spawn(store: &Store, outbox: Outbox, lifecycle: &Lifecycle) {
    let ports = jobs::Ports {
        messages: store.clone(),
        outbox,
        clock: Arc::new(System),
        scope: IngestScope::issue(),
    };
    let jobs = MessageJobs::new(OPTIONS, ports);
    lifecycle.spawn(
        Stage::Work,
        "message jobs",
        jobs.run(lifecycle.stop_of(Stage::Work)),
    );
}
