//! When devices may come in and speak.
//!
//! A platform in one process must not acknowledge a device's message before its own consumer has subscribed, or while
//! it stops: nobody would take it. So devices can be kept waiting at CONNECT until they are admitted, and held at
//! PUBLISH, unacknowledged, before the end: a device sends again what was not acknowledged.

use tokio::sync::watch;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    Waiting,
    Open,
    Held,
    Closed,
}

/// The gate of one broker. A cheap handle.
#[derive(Debug, Clone)]
pub(super) struct DeviceGate(watch::Sender<Stand>);

impl DeviceGate {
    pub(super) fn new(waiting: bool) -> Self {
        let stand = if waiting { Stand::Waiting } else { Stand::Open };
        Self(watch::Sender::new(stand))
    }

    pub(super) fn open(&self) {
        self.0.send_replace(Stand::Open);
    }

    pub(super) fn hold(&self) {
        self.0.send_replace(Stand::Held);
    }

    pub(super) fn close(&self) {
        self.0.send_replace(Stand::Closed);
    }

    /// Waits until devices are admitted; false when they no longer are.
    pub(super) async fn admitted(&self) -> bool {
        self.settled(|stand| *stand != Stand::Waiting).await == Stand::Open
    }

    /// Waits while publishes are held; false when there is nobody left who would take one.
    pub(super) async fn may_speak(&self) -> bool {
        self.settled(|stand| matches!(stand, Stand::Open | Stand::Closed))
            .await
            == Stand::Open
    }

    async fn settled(&self, is_settled: impl FnMut(&Stand) -> bool) -> Stand {
        // Cannot fail: the sender is in `self`.
        self.0
            .subscribe()
            .wait_for(is_settled)
            .await
            .map_or(Stand::Closed, |stand| *stand)
    }
}
