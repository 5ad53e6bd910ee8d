//! Publishing to devices, for whoever sends: `QoS` 1, not retained.
//!
//! Promises: a publish is handed to at most one connection, once; an outcome is told within the deadline. When the
//! connection ends, what it may have carried is UNCONFIRMED at once, and what it did not is NOT SENT.

mod state;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_domain::port::{DevicePublisher, PublishOutcome};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::state::State;
use super::connection::{Event, Handle, Lost, Purpose, Welcome};
use super::link::{Link, User};
use super::settings::{Endpoint, Settings, SettingsError};
use super::waiters::{Late, Waiter};
use crate::lock::lock;

const NAME: &str = "publisher";

/// How much may be under way.
#[derive(Debug, Clone)]
pub struct PublisherOptions {
    /// Most publishes out and unanswered; the broker may allow fewer.
    pub in_flight: u16,
    /// Most publishes that wait for their turn; one more is not sent.
    pub queue: usize,
}

impl Default for PublisherOptions {
    /// 64 out, 256 waiting: at the broker's 256 KiB each, 80 MiB at worst.
    fn default() -> Self {
        Self {
            in_flight: 64,
            queue: 256,
        }
    }
}

/// A sender's link to the broker, with a new session for every connection.
pub struct Publisher {
    state: Arc<Mutex<State>>,
    closing: CancellationToken,
    closed: CancellationToken,
}

impl Publisher {
    /// Starts to connect, on a task of `tasks`, and goes on until [`close`](Self::close) or `shutdown`, either of which
    /// leaves the broker cleanly.
    pub fn start(
        settings: &Settings,
        options: &PublisherOptions,
        tasks: &TaskTracker,
        shutdown: &CancellationToken,
    ) -> Result<Self, SettingsError> {
        let endpoint = Endpoint::new(settings)?;
        let in_flight = options.in_flight.max(1);
        let state = State::new(in_flight, options.queue, settings.max_packet_size);
        let state = Arc::new(Mutex::new(state));
        let link = Link {
            name: NAME,
            endpoint,
            purpose: Purpose::Send { in_flight },
            user: state.clone(),
        };
        let closing = shutdown.child_token();
        let closed = CancellationToken::new();
        let (run, ended) = (link.run(closing.clone()), closed.clone().drop_guard());
        tasks.spawn(async move {
            run.await;
            drop(ended);
        });
        Ok(Self {
            state,
            closing,
            closed,
        })
    }

    /// Leaves the broker. What is unanswered then ends as UNCONFIRMED.
    pub async fn close(&self) {
        self.closing.cancel();
        self.closed.cancelled().await;
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.closing.cancel();
    }
}

#[async_trait]
impl DevicePublisher for Publisher {
    async fn publish(
        &self,
        topic: &str,
        payload: Bytes,
        deadline: Duration,
        late: Late,
    ) -> PublishOutcome {
        let (reply, mut answer) = oneshot::channel();
        let accepted = lock(&self.state).publish(topic, payload, Waiter { reply, late });
        let ticket = match accepted {
            Ok(ticket) => ticket,
            Err(outcome) => return outcome,
        };
        match timeout(deadline, &mut answer).await {
            Ok(outcome) => outcome.unwrap_or(PublishOutcome::Unconfirmed),
            Err(_) => lock(&self.state).stop_waiting(ticket, answer),
        }
    }

    fn is_connected(&self) -> bool {
        lock(&self.state).is_connected()
    }
}

impl User for Arc<Mutex<State>> {
    fn connected(&self, handle: Handle, welcome: Welcome) -> Result<(), Lost> {
        lock(self).connected(handle, &welcome);
        Ok(())
    }

    fn happened(&self, event: Event) -> Result<(), Lost> {
        match event {
            Event::Sent(packet_id) => lock(self).sent(packet_id),
            Event::Answered(packet_id, outcome) => {
                let waiter = lock(self).answered(packet_id);
                // Not under the lock: a late waiter may do as it likes.
                if let Some(waiter) = waiter {
                    waiter.answer(outcome);
                }
            }
            Event::Alive => return lock(self).check(),
            _ => {}
        }
        Ok(())
    }

    fn lost(&self, _: &Lost) {
        let stranded = lock(self).lost();
        for waiter in stranded.unconfirmed {
            waiter.end(PublishOutcome::Unconfirmed);
        }
        for waiter in stranded.not_sent {
            waiter.end(PublishOutcome::NotSent);
        }
    }
}
