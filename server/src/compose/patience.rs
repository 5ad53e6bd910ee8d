//! Waiting, at start, for a database that is away: the services of a platform come up in any order, and a process that
//! ends at once is only started again.

use std::time::Duration;

use anyhow::Context;
use tokio::time::{Instant, sleep};
use tracing::{info, warn};

use super::database::may_pass;

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Tries until it works, for so long at most. A failure that time does not cure ends it at once.
pub(super) async fn patiently<T>(
    patience: Duration,
    attempt: impl AsyncFn() -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let deadline = Instant::now() + patience;
    let mut pause = FIRST_PAUSE;
    let mut waited = false;
    loop {
        let error = match attempt().await {
            Err(error) if may_pass(&error) => error,
            outcome => {
                if waited && outcome.is_ok() {
                    info!("the database answers");
                }
                return outcome;
            }
        };
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            let gave_up = format!("no database within {} s", patience.as_secs());
            return Err(error).context(gave_up);
        }
        warn!(
            error = format!("{error:#}"),
            seconds_left = left.as_secs(),
            "the database is away: trying again"
        );
        sleep(pause.min(left)).await;
        pause = LONGEST_PAUSE.min(pause * 2);
        waited = true;
    }
}
