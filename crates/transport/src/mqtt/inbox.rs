//! What devices publish, for the MQTT consumer.
//!
//! Promises: deliveries come in the broker's order; nothing is acknowledged before the taker does; acknowledgements go
//! out in the order of delivery and only to the connection they belong to; no more is taken and not acknowledged than
//! the hand-off says. What is not acknowledged is delivered again after a reconnect. What the broker retained from before
//! we subscribed is acknowledged and goes no further: it was said at some time, says nothing of now, and would come again
//! with every connection.

mod state;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use connector_domain::port::{Delivery, DeviceInbox, LinkError, Receipt};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::state::State;
use super::connection::{Event, Handle, Lost, Purpose, Welcome};
use super::link::{Link, User};
use super::settings::{Endpoint, Settings, SettingsError};
use crate::lock::lock;

const NAME: &str = "inbox";

/// What an inbox takes.
#[derive(Debug, Clone)]
pub struct InboxOptions {
    /// Topic filters, subscribed at `QoS` 1.
    pub filters: Vec<String>,
    /// Most deliveries taken and not acknowledged, at least 1; see [`super::hand_off`]. Told to an MQTT 5 broker as
    /// receive maximum. What a broker delivers beyond it waits here, up to 64 MiB; then nothing more is read.
    pub hand_off: u16,
    /// How long the broker keeps our session while we are away (MQTT 5).
    pub session_expiry: Duration,
}

struct Shared {
    filters: Vec<String>,
    state: Mutex<State>,
    /// There may be something to take.
    ready: Notify,
    /// Something was taken.
    room: Notify,
}

/// The consumer's link to the broker, with a session that outlives it.
pub struct Inbox {
    shared: Arc<Shared>,
    closing: CancellationToken,
    closed: CancellationToken,
}

impl Inbox {
    /// Starts to connect, on a task of `tasks`, and goes on until [`close`](DeviceInbox::close) or `shutdown`, either
    /// of which leaves the broker cleanly.
    pub fn start(
        settings: &Settings,
        options: InboxOptions,
        tasks: &TaskTracker,
        shutdown: &CancellationToken,
    ) -> Result<Self, SettingsError> {
        let endpoint = Endpoint::new(settings)?;
        let hand_off = options.hand_off.max(1);
        let shared = Arc::new(Shared {
            filters: options.filters,
            state: Mutex::new(State::new(hand_off)),
            ready: Notify::new(),
            room: Notify::new(),
        });
        let link = Link {
            name: NAME,
            endpoint,
            purpose: Purpose::Receive {
                receive_maximum: hand_off,
                session_expiry: options.session_expiry,
            },
            user: shared.clone(),
        };
        let closing = shutdown.child_token();
        let closed = CancellationToken::new();
        let (run, ended) = (link.run(closing.clone()), closed.clone().drop_guard());
        tasks.spawn(async move {
            run.await;
            drop(ended);
        });
        Ok(Self {
            shared,
            closing,
            closed,
        })
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.closing.cancel();
    }
}

#[async_trait]
impl DeviceInbox for Inbox {
    async fn next(&self) -> Result<Delivery, LinkError> {
        loop {
            if self.closing.is_cancelled() {
                return Err(LinkError::Closed);
            }
            let (next, more) = lock(&self.shared.state).next();
            if more {
                self.shared.ready.notify_one();
            }
            if let Some(next) = next {
                self.shared.room.notify_one();
                return next;
            }
            tokio::select! {
                () = self.shared.ready.notified() => {}
                () = self.closing.cancelled() => {}
            }
        }
    }

    fn acknowledge(&self, receipt: Receipt) {
        lock(&self.shared.state).acknowledge(receipt);
        // A taker may wait for this.
        self.shared.ready.notify_one();
    }

    fn is_connected(&self) -> bool {
        lock(&self.shared.state).is_subscribed()
    }

    async fn close(&self) {
        self.closing.cancel();
        self.closed.cancelled().await;
    }
}

impl User for Arc<Shared> {
    fn connected(&self, handle: Handle, welcome: Welcome) -> Result<(), Lost> {
        let subscribed = handle.subscribe(&self.filters);
        lock(&self.state).connected(handle, welcome.session_present);
        subscribed.map_err(|_| Lost::Refused("the topic filters are not valid".to_owned()))
    }

    fn happened(&self, event: Event) -> Result<(), Lost> {
        match event {
            Event::Delivered {
                topic,
                payload,
                packet_id,
                retained,
                repeated,
            } => {
                let mut state = lock(&self.state);
                state.delivered((topic, payload), packet_id, (retained, repeated));
                let checked = state.check();
                drop(state);
                self.ready.notify_one();
                checked
            }
            Event::Acknowledged => {
                let mut state = lock(&self.state);
                state.acknowledgement_written();
                state.check()
            }
            Event::Subscribed(Ok(())) => {
                lock(&self.state).subscribed();
                Ok(())
            }
            Event::Subscribed(Err(reason)) => Err(Lost::Refused(reason)),
            _ => lock(&self.state).check(),
        }
    }

    async fn room(&self) {
        while !lock(&self.state).has_room() {
            self.room.notified().await;
        }
    }

    fn lost(&self, lost: &Lost) {
        lock(&self.state).lost(lost);
        self.ready.notify_one();
    }
}
