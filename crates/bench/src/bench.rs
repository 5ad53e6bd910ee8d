//! One measurement after the other, on one stack.

use connector_service_tests::{Services, Stack};

use crate::row::Row;
use crate::{bridge, burst, latency, memory, page};

/// Measures everything. Needs the services of `scripts/services run`.
pub async fn run() -> anyhow::Result<Vec<Row>> {
    let services = Services::from_environment();
    say("a burst through mosquitto_sub and kcat, before the platform is there");
    let bridged = bridge::burst(&services).await?;
    say("starting the roles: 1 mqtt consumer, 2 kafka consumers, 1 API server");
    let stack = Stack::start().await;
    let mut rows = memory::idle(&stack).await?;
    say("the same burst through the platform, into the database");
    rows.push(burst::measure(&stack, bridged).await?);
    say("statuses and messages at a moderate rate");
    rows.extend(latency::measure(&stack).await?);
    say("pages of 100,000 devices");
    rows.push(page::measure(&stack).await?);
    rows.extend(memory::peaks(&stack));
    stack.stop().await;
    Ok(rows)
}

/// Says how far it is.
pub fn say(text: &str) {
    eprintln!("bench: {text}");
}
