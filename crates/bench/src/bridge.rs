//! The least that brings what devices say to Kafka: Debian's `mosquitto_sub` and `kcat`, both in C, at the same broker.
//!
//! They stamp nothing, keep no order per device, and lose what is in the pipe when one of them ends.

use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use connector_domain::clock::{Clock as _, System};
use connector_service_tests::Services;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

use crate::burst::{ARGUMENTS, LIMIT, Rate};
use crate::load_test;

/// Read by nobody unless asked to.
const TOPIC: &str = "platform.cloud-connector.dead-letter";
const LOOK: Duration = Duration::from_millis(250);

/// Lets devices speak as fast as they can; how fast it comes to Kafka.
pub async fn burst(services: &Services) -> anyhow::Result<Rate> {
    let before = records(services).await?;
    let bridge = start(services)?;
    let report = load_test::run(services, None, ARGUMENTS).await?;
    let said = report.count("said")?;
    let deadline = Instant::now() + LIMIT;
    while records(services).await? < before + said {
        anyhow::ensure!(
            Instant::now() < deadline,
            "not everything came to Kafka within {LIMIT:?}"
        );
        sleep(LOOK).await;
    }
    let took = System.now().since(report.began()?);
    stop(bridge).await?;
    Ok(Rate { said, took })
}

fn start(services: &Services) -> anyhow::Result<[Child; 2]> {
    let certificates = services.certificates.join("services");
    let mut subscriber = Command::new("mosquitto_sub");
    subscriber
        .args([
            "-h",
            "127.0.0.1",
            "-i",
            "bench-bridge",
            "-q",
            "1",
            "-F",
            "%p",
        ])
        .args(["-t", "redhat/insights/+/control/out"])
        .args(["-t", "redhat/insights/+/data/out"])
        .args(["-p", &services.mqtt_services.port().to_string(), "--cafile"])
        .arg(certificates.join("ca.pem"))
        .arg("--cert")
        .arg(certificates.join("consumer.pem"))
        .arg("--key")
        .arg(certificates.join("consumer.key"));
    let mut subscriber = spawn(subscriber.stdin(Stdio::null()).stdout(Stdio::piped()))?;
    let said = subscriber.stdout.take().context("its output is ours")?;
    let mut producer = Command::new("kcat");
    producer.args(["-P", "-b", &services.kafka, "-t", TOPIC]);
    let said: Stdio = said.try_into()?;
    let producer = spawn(producer.stdin(said))?;
    Ok([subscriber, producer])
}

fn spawn(command: &mut Command) -> anyhow::Result<Child> {
    let child = command.kill_on_drop(true).spawn();
    child.with_context(|| format!("{} cannot be run", command.as_std().get_program().display()))
}

/// Ends the subscriber; the producer then reaches the end of its input.
async fn stop([mut subscriber, mut producer]: [Child; 2]) -> anyhow::Result<()> {
    subscriber.kill().await?;
    producer.wait().await?;
    Ok(())
}

/// How many records the topic has had.
async fn records(services: &Services) -> anyhow::Result<u64> {
    let mut command = Command::new("kcat");
    command.args(["-Q", "-b", &services.kafka]);
    for partition in 0..24 {
        command.args(["-t", &format!("{TOPIC}:{partition}:-1")]);
    }
    let output = command.output().await.context("kcat cannot be run")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    anyhow::ensure!(
        output.status.success(),
        "kcat does not tell offsets: {text}"
    );
    Ok(sum_of_offsets(&text))
}

/// kcat prints `TOPIC [PARTITION] offset OFFSET` in a line each.
fn sum_of_offsets(text: &str) -> u64 {
    let offsets = text.lines().filter_map(|line| line.rsplit(' ').next());
    offsets
        .filter_map(|offset| offset.parse::<u64>().ok())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_read_as_kcat_prints_them() {
        assert_eq!(sum_of_offsets("t [0] offset 12\nt [1] offset 30\n"), 42);
    }
}
