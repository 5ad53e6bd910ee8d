//! A caller that was let in, and until when.

use std::sync::Arc;
use std::time::Duration;

use connector_domain::caller::Caller;
use connector_domain::clock::Clock;
use connector_domain::stamp::Stamp;
use tokio::sync::watch;

use super::keys::Keys;
use super::proof::Proof;

/// Shortest and longest time until the clock is looked at again: clocks are set.
const LOOK_AGAIN: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(30));

/// A caller that proved who it is.
#[derive(Clone)]
pub struct Admission {
    /// Who it is and what it may do.
    pub caller: Caller,
    proof: Proof,
    keys: watch::Receiver<Keys>,
    clock: Arc<dyn Clock>,
}

impl Admission {
    pub(super) fn new(
        caller: Caller,
        proof: Proof,
        keys: watch::Receiver<Keys>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            caller,
            proof,
            keys,
            clock,
        }
    }

    /// Resolves when what the credentials rest on was removed or changed. What is live by then has to end.
    pub fn revoked(&self) -> impl Future<Output = ()> + Send + use<> {
        gone(self.proof, self.keys.clone())
    }

    /// The same, or when the credentials have run out.
    pub fn over(&self) -> impl Future<Output = ()> + Send + use<> {
        let expired = until(self.caller.expires_at, self.clock.clone());
        let revoked = self.revoked();
        async move {
            tokio::select! {
                () = expired => {}
                () = revoked => {}
            }
        }
    }
}

async fn until(at: Option<Stamp>, clock: Arc<dyn Clock>) {
    let Some(at) = at else {
        return std::future::pending().await;
    };
    while at > clock.now() {
        let left = at.since(clock.now());
        tokio::time::sleep(left.clamp(LOOK_AGAIN.0, LOOK_AGAIN.1)).await;
    }
}

async fn gone(proof: Proof, mut keys: watch::Receiver<Keys>) {
    // Without a sender nothing changes any more.
    if keys.wait_for(|keys| !keys.hold(&proof)).await.is_err() {
        std::future::pending::<()>().await;
    }
}
