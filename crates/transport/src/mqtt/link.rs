//! Keeps a connection to the broker: connects, hands events on, connects again when it ends.

use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::backoff::{Backoff, GOOD};
use super::connection::{Connection, Event, Handle, Lost, Purpose, Welcome};
use super::cuts::Cuts;
use super::settings::Endpoint;

/// Longest time that leaving cleanly may take.
const LEAVE: Duration = Duration::from_secs(2);

/// What makes use of the connections. Called by the task that polls: only [`room`](Self::room) may wait.
pub(super) trait User: Send + Sync {
    /// A connection is established.
    fn connected(&self, handle: Handle, welcome: Welcome) -> Result<(), Lost>;

    /// Something happened on it. An error ends it.
    fn happened(&self, event: Event) -> Result<(), Lost>;

    /// Waits until there is room for what the next event may bring. Nothing is read or written before; the connection ends
    /// when that takes longer than it may be silent. Safe to cancel.
    fn room(&self) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }

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
    /// Runs until told to close. A receiver that is taken over waits for that: to connect again would take the session
    /// back from whoever has it by right.
    pub(super) async fn run(mut self, closing: CancellationToken) {
        let mut backoff = Backoff::new();
        let mut cuts = Cuts::of(self.purpose);
        loop {
            self.read_certificates();
            let started = Instant::now();
            let (lost, connected) = self.keep(&closing).await;
            let lost = cuts.judge(lost, connected, started.elapsed());
            self.user.lost(&lost);
            metrics::gauge!("connector_mqtt_connected", "link" => self.name).set(0);
            if matches!(lost, Lost::TakenOver) && matches!(self.purpose, Purpose::Receive { .. }) {
                warn!(link = self.name, "another connection uses our client id");
                closing.cancelled().await;
            }
            if closing.is_cancelled() {
                info!(link = self.name, "the link to the mqtt broker is closed");
                return;
            }
            if matches!(lost, Lost::Left) {
                info!(link = self.name, "connecting again with new certificates");
                continue;
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

    /// With those that cannot be used, the former ones are tried again.
    fn read_certificates(&mut self) {
        match self.endpoint.read_again() {
            Some(Ok(endpoint)) => self.endpoint = endpoint,
            Some(Err(error)) => {
                warn!(link = self.name, %error, "the former certificates are used");
            }
            None => {}
        }
    }

    /// One connection, from beginning to end, and whether it was established.
    async fn keep(&self, closing: &CancellationToken) -> (Lost, bool) {
        if closing.is_cancelled() {
            return (Lost::Left, false);
        }
        let (handle, mut connection) = Connection::new(&self.endpoint, self.purpose);
        let mut watch = Watch {
            handle,
            endpoint: &self.endpoint,
            connected: false,
            leave_until: None,
            look_at: self
                .endpoint
                .look_every()
                .map(|pause| Instant::now() + pause),
            patience: self.endpoint.settings.connect_timeout + LEAVE,
        };
        loop {
            let event = watch.next(&self.user, &mut connection, closing).await;
            let handled = event.and_then(|event| match event {
                Event::Connected(welcome) => {
                    watch.connected = true;
                    watch.patience = 2 * welcome
                        .keep_alive
                        .unwrap_or(self.endpoint.settings.keep_alive);
                    self.welcomed(watch.handle.clone(), welcome)
                }
                Event::Left => Err(Lost::Left),
                // Nobody takes it any more, and it is delivered again.
                Event::Delivered { .. } if watch.is_leaving() => Ok(()),
                event => self.user.happened(event),
            });
            if let Err(lost) = handled {
                return (lost, watch.connected);
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
struct Watch<'a> {
    handle: Handle,
    endpoint: &'a Endpoint,
    connected: bool,
    /// Set once we asked to leave.
    leave_until: Option<Instant>,
    /// When to look at the certificate files.
    look_at: Option<Instant>,
    /// How long the connection may tell nothing. Keep-alives make it tell something; what hangs is a write to a peer
    /// that takes nothing, which has no time limit of its own.
    patience: Duration,
}

impl Watch<'_> {
    async fn next(
        &mut self,
        user: &impl User,
        connection: &mut Connection,
        closing: &CancellationToken,
    ) -> Result<Event, Lost> {
        self.room(user, closing).await?;
        let silent = Instant::now() + self.patience;
        let mut poll = pin!(connection.poll());
        loop {
            let until = self.leave_until.unwrap_or(silent);
            let look_at = self.look_at.filter(|_| self.leave_until.is_none());
            tokio::select! {
                biased;
                () = closing.cancelled(), if self.leave_until.is_none() => self.leave()?,
                () = sleep_until(look_at.unwrap_or(until)), if look_at.is_some() => {
                    if self.certificates_changed() {
                        self.leave()?;
                    }
                }
                event = &mut poll => return event,
                () = sleep_until(until) => {
                    return Err(Lost::Broken("the connection is silent".to_owned()));
                }
            }
        }
    }

    /// Waits for room while there are deliveries that want it: not before the connection is established, nor when we leave.
    /// Our keep-alives wait with it: whoever takes what is delivered is to be faster.
    async fn room(&self, user: &impl User, closing: &CancellationToken) -> Result<(), Lost> {
        if !self.connected || self.is_leaving() {
            return Ok(());
        }
        tokio::select! {
            biased;
            () = user.room() => Ok(()),
            () = closing.cancelled() => Ok(()),
            () = sleep(self.patience) => Err(Lost::Broken(
                "nothing of what the broker has delivered is taken".to_owned(),
            )),
        }
    }

    fn is_leaving(&self) -> bool {
        self.leave_until.is_some()
    }

    fn leave(&mut self) -> Result<(), Lost> {
        if !self.connected || self.handle.disconnect().is_err() {
            return Err(Lost::Left);
        }
        self.leave_until = Some(Instant::now() + LEAVE);
        Ok(())
    }

    /// Whether there are new certificates that can be used. Files may be written one after the other: those that do not
    /// fit together are looked at again later.
    fn certificates_changed(&mut self) -> bool {
        self.look_at = self
            .endpoint
            .look_every()
            .map(|pause| Instant::now() + pause);
        match self.endpoint.renewed() {
            Some(Ok(_)) => true,
            Some(Err(error)) => {
                warn!(%error, "certificates changed and cannot be used");
                false
            }
            None => false,
        }
    }
}
