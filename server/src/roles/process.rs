//! What every role does around its work: management endpoints, waiting for a signal, stopping in order.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use metrics_exporter_prometheus::PrometheusHandle;

use crate::config::Config;
use crate::http::{Check, Listener, Readiness, management_router};
use crate::lifecycle::{Lifecycle, Stage};
use crate::telemetry;

/// How often samples of histograms are put into their buckets.
const UPKEEP: Duration = Duration::from_secs(5);

/// Starts the management endpoints, with what a role needs to be ready.
pub async fn start_management(
    config: &Config,
    lifecycle: &Lifecycle,
    checks: Vec<Arc<dyn Check>>,
) -> anyhow::Result<std::net::SocketAddr> {
    let management = &config.management;
    let listener = Listener::bind(&management.address, management.port, "management.port").await?;
    let address = listener.address();
    let metrics = telemetry::metrics()?;
    keep_metrics_small(metrics.clone(), lifecycle);
    let router = management_router(Readiness::new(checks), lifecycle.liveness(), metrics);
    // Health is answered until the very end.
    let stop = lifecycle.stop_of(Stage::Links);
    lifecycle.spawn(Stage::Links, "management endpoints", async move {
        listener
            .serve(router, stop)
            .await
            .context("management endpoints")
    });
    Ok(address)
}

/// Histograms keep every sample until they are looked at, and nobody need scrape them.
fn keep_metrics_small(metrics: PrometheusHandle, lifecycle: &Lifecycle) {
    let stop = lifecycle.stop_of(Stage::Links);
    lifecycle.spawn(Stage::Links, "metrics upkeep", async move {
        let keeping = async {
            loop {
                tokio::time::sleep(UPKEEP).await;
                metrics.run_upkeep();
            }
        };
        stop.run_until_cancelled(keeping).await;
        Ok(())
    });
}

/// A lifecycle with the configured drain time. The first thing a role makes: what is measured from then on is counted.
pub fn lifecycle_of(config: &Config) -> Lifecycle {
    // A failure is told when the management endpoints start.
    let _ = telemetry::metrics();
    Lifecycle::new(Duration::from_secs(config.lifecycle.drain_seconds))
}

/// Waits for the end of a role that runs alone, and stops it.
pub async fn until_stopped(lifecycle: &Lifecycle) -> anyhow::Result<()> {
    lifecycle.until_ending().await?;
    lifecycle.stop(ready(()), ready(())).await
}
