//! What publishers and the task that polls the broker share.

use std::time::{Duration, Instant};

use bytes::Bytes;
use connector_domain::port::PublishOutcome;
use tokio::sync::oneshot;

use super::super::connection::{Handle, Lost, Welcome};
use super::super::waiters::{Stranded, Waiter, Waiters};

/// A broker that does not answer a publish for this long while it answers keep-alives has lost it; its packet id and
/// its place in the window would never be free again.
const OVERDUE: Duration = Duration::from_mins(1);

/// Room for everything in a PUBLISH but topic and payload.
const HEADER: usize = 16;

/// Longest topic MQTT can express.
const TOPIC: usize = 65_535;

/// Publishes on their way, and the connection that carries them.
pub(super) struct State {
    in_flight: u16,
    max_packet: usize,
    /// What the broker of the present connection takes.
    broker_packet: usize,
    handle: Option<Handle>,
    waiters: Waiters,
}

impl State {
    pub(super) fn new(in_flight: u16, queue: usize, max_packet: u32) -> Self {
        let max_packet = usize::try_from(max_packet).unwrap_or(usize::MAX);
        Self {
            in_flight,
            max_packet,
            broker_packet: max_packet,
            handle: None,
            waiters: Waiters::new(queue),
        }
    }

    pub(super) fn is_connected(&self) -> bool {
        self.handle.is_some()
    }

    /// Takes a publish on its way; its ticket, or the outcome when that is known already.
    pub(super) fn publish(
        &mut self,
        topic: &str,
        payload: Bytes,
        waiter: Waiter,
    ) -> Result<u64, PublishOutcome> {
        if self.handle.is_none() {
            return Err(PublishOutcome::NotSent);
        }
        if topic.is_empty() || topic.len() > TOPIC || topic.contains(['+', '#', '\0']) {
            return Err(PublishOutcome::Refused("not a topic".to_owned()));
        }
        // The connection would end over it, and every other publish with it.
        if topic.len() + payload.len() + HEADER > self.broker_packet {
            return Err(PublishOutcome::Refused(
                "larger than the broker takes".to_owned(),
            ));
        }
        let ticket = self.waiters.accept(topic, payload, waiter);
        self.hand_over();
        ticket.ok_or(PublishOutcome::NotSent)
    }

    pub(super) fn connected(&mut self, handle: Handle, welcome: &Welcome) {
        let window = welcome
            .receive_maximum
            .unwrap_or(u16::MAX)
            .clamp(1, self.in_flight);
        let broker_packet = welcome.max_packet.map(usize::try_from);
        self.broker_packet = match broker_packet {
            Some(Ok(broker)) => broker.min(self.max_packet),
            _ => self.max_packet,
        };
        self.handle = Some(handle);
        self.waiters.open_window(window);
    }

    pub(super) fn sent(&mut self, packet_id: u16) {
        self.waiters.sent(packet_id);
    }

    pub(super) fn answered(&mut self, packet_id: u16) -> Option<Waiter> {
        let waiter = self.waiters.answered(packet_id);
        self.hand_over();
        waiter
    }

    /// The deadline passed. An answer that came in the meantime counts; one that comes later goes to the late waiter.
    pub(super) fn stop_waiting(
        &mut self,
        ticket: u64,
        mut answer: oneshot::Receiver<PublishOutcome>,
    ) -> PublishOutcome {
        answer.close();
        if let Ok(outcome) = answer.try_recv() {
            return outcome;
        }
        if self.waiters.withdraw(ticket) {
            return PublishOutcome::NotSent;
        }
        PublishOutcome::Unconfirmed
    }

    pub(super) fn lost(&mut self) -> Stranded {
        self.handle = None;
        self.waiters.strand()
    }

    pub(super) fn check(&self) -> Result<(), Lost> {
        if self.waiters.overdue(OVERDUE, Instant::now()) {
            return Err(Lost::Broken(
                "the broker does not answer a publish".to_owned(),
            ));
        }
        Ok(())
    }

    fn hand_over(&mut self) {
        let Some(handle) = &self.handle else {
            return;
        };
        while let Some(next) = self.waiters.next_to_hand() {
            match handle.publish(&next.topic, next.payload) {
                Ok(()) => self.waiters.handed(next.waiter, Instant::now()),
                Err(_) => next.waiter.end(PublishOutcome::NotSent),
            }
        }
    }
}
