//! Memory of the roles.

use std::time::Duration;

use connector_service_tests::{Role, Stack};
use tokio::time::{Instant, sleep};

use crate::row::Row;

/// How long an mqtt consumer may take to stand by.
const LIMIT: Duration = Duration::from_secs(30);

/// What an mqtt consumer takes that stands by.
pub async fn idle(stack: &Stack) -> anyhow::Result<Vec<Row>> {
    let standby = stack.new_mqtt_consumer();
    let deadline = Instant::now() + LIMIT;
    while standby.readiness().await["parts"]["mqtt"]["note"] != "standby" {
        anyhow::ensure!(Instant::now() < deadline, "no mqtt consumer stands by");
        sleep(Duration::from_millis(200)).await;
    }
    // Until it has looked around once.
    sleep(Duration::from_secs(5)).await;
    let memory = memory(&standby, "VmRSS");
    standby.terminate().await;
    let row = |memory| Row::alone("memory of an mqtt consumer that stands by", memory);
    Ok(memory.map(row).into_iter().collect())
}

/// Most that each role has used so far.
pub fn peaks(stack: &Stack) -> Vec<Row> {
    let roles = [&stack.mqtt_consumer, &stack.api_server];
    let roles = roles.into_iter().chain(stack.kafka_consumers.first());
    let row = |role: &Role| {
        let what = format!("most memory used by a {}", role.name());
        Some(Row::alone(what, memory(role, "VmHWM")?))
    };
    roles.filter_map(row).collect()
}

fn memory(role: &Role, name: &str) -> Option<String> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", role.pid()?)).ok()?;
    Some(format!("{} MiB", mebibytes(&status, name)?))
}

/// A number of `/proc/PID/status`.
fn mebibytes(status: &str, name: &str) -> Option<u64> {
    let mut lines = status.lines();
    let line = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib.div_ceil(1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_as_the_kernel_writes_it() {
        let status = "VmHWM:\t   10241 kB\nVmRSS:\t 1024 kB\n";
        assert_eq!(mebibytes(status, "VmHWM"), Some(11));
        assert_eq!(mebibytes(status, "VmRSS"), Some(1));
        assert_eq!(mebibytes(status, "VmSwap"), None);
    }
}
