//! Keeps a connection to the broker: connects, hands events on, connects again when it ends.

use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::backoff::{Backoff, GOOD};
use super::connection::{Connection, Event, Handle, Lost, Purpose, Welcome};
use super::settings::Endpoint;

/// Longest time that leaving cleanly may take.
const LEAVE: Duration = Duration::from_secs(2);

/// What makes use of the connections. Called by the task that polls: may not wait.
pub(super) trait User: Send + Sync {
    /// A connection is established.
    fn connected(&self, handle: Handle, welcome: Welcome) -> Result<(), Lost>;

    /// Something happened on it. An error ends it.
    fn happened(&self, event: Event) -> Result<(), Lost>;

    /// It ended, or was not established.
    fn lost(&self, lost: &Lost);
}

/// A link to the broker.
pub(super) struct Link<U> {
    /// For logs and metrics.
    pub(super) name: &'static str,
    pub(super) endpoint: Endpoint,
    pub(super) purpose: Purpose,
    pub(super) user: U,
}

impl<U: User> Link<U> {
    /// Runs until told to close.
    pub(super) async fn run(self, closing: CancellationToken) {
        let mut backoff = Backoff::new();
        loop {
            let started = Instant::now();
            let lost = self.keep(&closing).await;
            self.user.lost(&lost);
            metrics::gauge!("connector_mqtt_connected", "link" => self.name).set(0);
            if closing.is_cancelled() {
                info!(link = self.name, "the link to the mqtt broker is closed");
                return;
            }
            if started.elapsed() >= GOOD {
                backoff.reset();
            }
            let wait = backoff.wait();
            metrics::counter!("connector_mqtt_losses_total", "link" => self.name).increment(1);
            warn!(link = self.name, error = %lost, retry_ms = wait.as_millis(), "no connection to the mqtt broker");
            tokio::select! {
                () = sleep(wait) => {}
                () = closing.cancelled() => {}
            }
        }
    }

    /// One connection, from beginning to end.
    async fn keep(&self, closing: &CancellationToken) -> Lost {
        if closing.is_cancelled() {
            return Lost::Left;
        }
        let (handle, mut connection) = Connection::new(&self.endpoint, self.purpose);
        let mut watch = Watch {
            handle,
            connected: false,
            leave_until: None,
            patience: self.endpoint.settings.connect_timeout + LEAVE,
        };
        loop {
            let event = watch.next(&mut connection, closing).await;
            let handled = event.and_then(|event| match event {
                Event::Connected(welcome) => {
                    watch.connected = true;
                    watch.patience = 2 * welcome
                        .keep_alive
                        .unwrap_or(self.endpoint.settings.keep_alive);
                    self.welcomed(watch.handle.clone(), welcome)
                }
                Event::Left => Err(Lost::Left),
                event => self.user.happened(event),
            });
            if let Err(lost) = handled {
                return lost;
            }
        }
    }

    fn welcomed(&self, handle: Handle, welcome: Welcome) -> Result<(), Lost> {
        info!(
            link = self.name,
            session_present = welcome.session_present,
            "connected to the mqtt broker"
        );
        metrics::gauge!("connector_mqtt_connected", "link" => self.name).set(1);
        self.user.connected(handle, welcome)
    }
}

/// Watches over a connection being polled.
struct Watch {
    handle: Handle,
    connected: bool,
    /// Set once we asked to leave.
    leave_until: Option<Instant>,
    /// How long the connection may tell nothing. Keep-alives make it tell something; what hangs is a write to a peer
    /// that takes nothing, which has no time limit of its own.
    patience: Duration,
}

impl Watch {
    async fn next(
        &mut self,
        connection: &mut Connection,
        closing: &CancellationToken,
    ) -> Result<Event, Lost> {
        let silent = Instant::now() + self.patience;
        let mut poll = pin!(connection.poll());
        loop {
            let until = self.leave_until.unwrap_or(silent);
            tokio::select! {
                biased;
                () = closing.cancelled(), if self.leave_until.is_none() => {
                    if !self.connected || self.handle.disconnect().is_err() {
                        return Err(Lost::Left);
                    }
                    self.leave_until = Some(Instant::now() + LEAVE);
                }
                event = &mut poll => return event,
                () = sleep_until(until) => {
                    return Err(Lost::Broken("the connection is silent".to_owned()));
                }
            }
        }
    }
}
