//! How long a caller's credentials are good for.

use std::sync::Arc;
use std::time::Duration;

use connector_domain::caller::Caller;
use connector_domain::clock::Clock;
use connector_domain::stamp::Stamp;

/// Shortest wait before the clock is looked at again: clocks are set.
const LEAST_WAIT: Duration = Duration::from_millis(50);

/// The time a subscription may go on.
pub(super) struct Lease {
    expires_at: Option<Stamp>,
    clock: Arc<dyn Clock>,
}

impl Lease {
    pub fn of(caller: &Caller, clock: &Arc<dyn Clock>) -> Self {
        Self {
            expires_at: caller.expires_at,
            clock: Arc::clone(clock),
        }
    }

    /// Whether it is over.
    pub fn is_over(&self) -> bool {
        self.expires_at
            .is_some_and(|expires_at| expires_at <= self.clock.now())
    }

    /// Waits until it is over.
    pub async fn over(&self) {
        let Some(expires_at) = self.expires_at else {
            return std::future::pending().await;
        };
        while !self.is_over() {
            let left = expires_at.since(self.clock.now());
            tokio::time::sleep(left.max(LEAST_WAIT)).await;
        }
    }
}
