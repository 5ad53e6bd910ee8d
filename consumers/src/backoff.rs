//! How long to wait before trying again what is away: doubling, bounded, cut short by shutdown.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(10);

/// The wait before the next attempt.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        Self { next: FIRST }
    }

    /// Something worked: start from the shortest wait again.
    pub(crate) fn reset(&mut self) {
        self.next = FIRST;
    }

    /// Waits, each time twice as long as before; returns at once when `shutdown` is cancelled.
    pub(crate) async fn wait(&mut self, shutdown: &CancellationToken) {
        let pause = self.next;
        self.next = LONGEST.min(pause.saturating_mul(2));
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}
