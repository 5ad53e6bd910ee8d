//! How long things take at a moderate rate, as a subscriber and a caller of the API see them. The baseline is what each
//! begins with, too: a message of a device that the broker has acknowledged.

use connector_service_tests::Stack;

use crate::load_test::{self, Report};
use crate::quantile::millis;
use crate::row::{Baseline, Row};

const ARGUMENTS: &str =
    "--devices 500 --rate 100 --status-every 4 --send-rate 5 --duration 30s --client-id host";

/// Latencies of `load-test`, by their names in its report.
const MEASURED: [(&str, &str); 3] = [
    (
        "statusToEvent",
        "status → `connectionChanged` at a subscriber",
    ),
    ("sendToDevice", "`sendMessage` → the device has it"),
    (
        "sendToResponded",
        "`sendMessage` → answered, RESPONDED at a subscriber",
    ),
];

/// Loads moderately and tells.
pub async fn measure(stack: &Stack) -> anyhow::Result<Vec<Row>> {
    let client = stack.client().await;
    let report = load_test::run(&stack.services, Some(&client), ARGUMENTS).await?;
    let rows = MEASURED.iter();
    rows.map(|(name, what)| row(&report, name, what)).collect()
}

fn row(report: &Report, name: &str, what: &str) -> anyhow::Result<Row> {
    let (p50, p99) = (report.millis(name, "p50Ms")?, report.millis(name, "p99Ms")?);
    let puback = report.millis("publishToPuback", "p50Ms")?;
    Ok(Row {
        what: what.to_owned(),
        ours: format!("{}, p99 {}", millis(p50), millis(p99)),
        baseline: Some(Baseline {
            text: format!("publish → PUBACK: {}", millis(puback)),
            ratio: p50 / puback,
        }),
    })
}
