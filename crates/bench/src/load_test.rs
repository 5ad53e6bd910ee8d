//! `cloud-connector load-test` as a process of its own, which loads and measures.

use std::process::Stdio;

use anyhow::Context as _;
use connector_domain::stamp::Stamp;
use connector_service_tests::{Services, binary};
use connector_testkit::Client;
use serde_json::Value;
use tokio::process::Command;

/// Runs one against Mosquitto and, where a client is given, the API; its report.
pub async fn run(
    services: &Services,
    client: Option<&Client>,
    arguments: &str,
) -> anyhow::Result<Report> {
    let home = tempfile::tempdir()?;
    let mut command = Command::new(binary());
    command
        .args(["load-test", "--json", "--quiet", "--data-dir"])
        .arg(home.path())
        .arg("--authority")
        .arg(services.certificates.join("devices"))
        .args(["--broker", &services.mqtt_devices.to_string()])
        .args(arguments.split(' '))
        .stdin(Stdio::null())
        .kill_on_drop(true);
    match client {
        Some(client) => command
            .env("CLOUD_CONNECTOR_URL", format!("{}/graphql", client.base))
            .env("CLOUD_CONNECTOR_TOKEN", &client.token),
        None => command.arg("--mqtt-only"),
    };
    let output = command.output().await.context("load-test cannot be run")?;
    let said = String::from_utf8_lossy(&output.stderr);
    let report = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("load-test gives no report: {}", said.trim()))?;
    anyhow::ensure!(
        output.status.success(),
        "load-test ends with {}: {}: {report:#}",
        output.status,
        said.trim()
    );
    Ok(Report(report))
}

/// What it found.
pub struct Report(Value);

impl Report {
    /// When devices began to speak.
    pub fn began(&self) -> anyhow::Result<Stamp> {
        let began = self.0["began"].as_str().and_then(Stamp::parse);
        began.context("the report has no time")
    }

    /// A number of it.
    pub fn count(&self, name: &str) -> anyhow::Result<u64> {
        let count = self.0[name].as_u64();
        count.with_context(|| format!("the report has no {name}"))
    }

    /// A quantile of a latency, in milliseconds.
    pub fn millis(&self, latency: &str, quantile: &str) -> anyhow::Result<f64> {
        let millis = self.0["latencies"][latency][quantile].as_f64();
        millis.with_context(|| format!("the report has no {quantile} of {latency}"))
    }
}
