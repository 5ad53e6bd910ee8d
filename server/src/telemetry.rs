//! Logs and metrics of a process.

mod catalogue;

use std::sync::OnceLock;

use anyhow::Context;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Seconds; from a fast statement to a slow outage.
const DURATION_BUCKETS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];
/// Seconds from receiving something to being done with it, which after an outage is as long as that was.
const AGE_BUCKETS: [f64; 14] = [
    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0,
];
const RECORD_AGE: &str = "connector_kafka_record_age_seconds";
/// Records.
const SIZE_BUCKETS: [f64; 10] = [1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0];

/// What parts of others must not say, whatever `log.level` asks for: at info what is our debug, and at trace every frame
/// of a WebSocket, the one with the credentials too.
const QUIET_PARTS: &str = "rmqtt=warn,rmqtt_net=warn,rmqtt_codec=warn,sqlx=warn,librdkafka=warn,rumqttc=warn,\
                           tungstenite=warn,tokio_tungstenite=warn,h2=warn,hyper=info,hyper_util=info,reqwest=info,rustls=info";

/// What is logged at a level or filter such as `info,connector_consumers=debug`.
pub fn log_filter(level: &str) -> anyhow::Result<EnvFilter> {
    // Of two directives for one part the later counts.
    EnvFilter::try_new(format!("{level},{QUIET_PARTS}"))
        .with_context(|| format!("log.level = {level:?} is not a level or filter"))
}

/// Starts logging to stderr, which leaves stdout to what commands print. `quiet` holds back all below warnings, for
/// commands.
pub fn start_logs(log: &Log, quiet: bool) -> anyhow::Result<()> {
    let filter = log_filter(if quiet { "warn" } else { log.level.as_str() })?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let started = match log.format {
        LogFormat::Human => builder
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logging cannot start: {error}"))
}

/// The metrics of this process; installed once.
pub fn metrics() -> anyhow::Result<PrometheusHandle> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(RECORD_AGE.to_owned()), &AGE_BUCKETS)?
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &DURATION_BUCKETS)?
        .set_buckets_for_metric(Matcher::Suffix("_records".to_owned()), &SIZE_BUCKETS)?
        .build_recorder();
    let handle = HANDLE.get_or_init(|| recorder.handle()).clone();
    // Lost only when two threads install at once, which starting a process does not.
    let _ = metrics::set_global_recorder(recorder);
    catalogue::describe();
    Ok(handle)
}
