//! What the task that polls the broker and whoever takes deliveries share.

use bytes::Bytes;
use connector_domain::port::{Delivery, LinkError, Receipt};
use tracing::{debug, warn};

use super::super::acks::AckOrder;
use super::super::connection::{Handle, Lost};
use super::super::hand_off::{HandOff, Pushed};

/// The session's state over all connections.
pub(super) struct State {
    /// Most deliveries taken and not acknowledged.
    limit: usize,
    /// How many of this connection are.
    taken: usize,
    generation: u64,
    /// Of the connection that is, if there is one.
    handle: Option<Handle>,
    acks: AckOrder,
    queue: HandOff,
    subscribed: bool,
    /// The broker delivers more than it may; said once per connection.
    overrun: bool,
    trouble: Option<Trouble>,
    /// An acknowledgement was not taken by the connection.
    stuck: bool,
}

/// What whoever takes deliveries has to hear.
enum Trouble {
    /// Why the last connection was refused; told once.
    Refused(String),
    /// Somebody else has our session; told from then on.
    TakenOver,
}

impl State {
    pub(super) fn new(limit: u16) -> Self {
        Self {
            limit: usize::from(limit),
            taken: 0,
            generation: 0,
            handle: None,
            acks: AckOrder::default(),
            queue: HandOff::default(),
            subscribed: false,
            overrun: false,
            trouble: None,
            stuck: false,
        }
    }

    pub(super) fn connected(&mut self, handle: Handle, session_present: bool) {
        self.generation += 1;
        self.handle = Some(handle);
        self.acks = AckOrder::default();
        self.taken = 0;
        self.overrun = false;
        self.stuck = false;
        if session_present {
            self.queue.forget_unacknowledged();
        }
    }

    pub(super) fn delivered(&mut self, topic: String, payload: Bytes, packet_id: u16) {
        let number = match packet_id {
            0 => 0,
            packet_id => self.acks.received(packet_id),
        };
        let receipt = Receipt {
            generation: self.generation,
            number,
        };
        let delivery = Delivery {
            topic,
            payload,
            packet_id,
            receipt,
        };
        self.watch_overrun();
        if self.queue.push(delivery) == Pushed::Dropped {
            dropped("qos 0");
            debug!("a delivery at qos 0 is dropped: the hand-off is full");
        }
    }

    /// Whether more may be read from the broker.
    pub(super) fn has_room(&self) -> bool {
        self.queue.has_room()
    }

    /// A retained message: acknowledged in its turn, lest it take the room of others.
    pub(super) fn old_news(&mut self, packet_id: u16) {
        dropped("retained");
        if packet_id != 0 {
            let number = self.acks.received(packet_id);
            self.settle(number);
        }
    }

    fn watch_overrun(&mut self) {
        if self.acks.len() > self.limit && !self.overrun {
            self.overrun = true;
            warn!(
                limit = self.limit,
                "the mqtt broker delivers more than the limit without acknowledgement"
            );
        }
    }

    pub(super) fn subscribed(&mut self) {
        self.subscribed = true;
    }

    pub(super) fn is_subscribed(&self) -> bool {
        self.subscribed
    }

    pub(super) fn lost(&mut self, lost: &Lost) {
        self.handle = None;
        self.subscribed = false;
        match lost {
            Lost::Refused(reason) => self.trouble = Some(Trouble::Refused(reason.clone())),
            Lost::TakenOver => self.trouble = Some(Trouble::TakenOver),
            Lost::Broken(_) | Lost::Left => {}
        }
    }

    /// What to tell whoever takes deliveries, and whether there may be more; a refusal once per connection that was
    /// refused.
    pub(super) fn next(&mut self) -> (Option<Result<Delivery, LinkError>>, bool) {
        if matches!(self.trouble, Some(Trouble::TakenOver)) {
            // What waits is delivered again, to whoever took over.
            return (Some(Err(LinkError::TakenOver)), false);
        }
        let (taken, limit) = (self.taken, self.limit);
        let delivery = self
            .queue
            .pop_if(|delivery| delivery.receipt.number == 0 || taken < limit);
        let next = match delivery {
            Some(delivery) => {
                self.count(delivery.receipt);
                Some(Ok(delivery))
            }
            None => match self.trouble.take() {
                Some(Trouble::Refused(reason)) => Some(Err(LinkError::Refused(reason))),
                Some(Trouble::TakenOver) | None => None,
            },
        };
        let more = next.is_some() && !self.queue.is_empty();
        (next, more)
    }

    fn count(&mut self, receipt: Receipt) {
        if self.is_ours(receipt) {
            self.taken += 1;
        }
    }

    /// Whether it is to be acknowledged on the connection that is.
    fn is_ours(&self, receipt: Receipt) -> bool {
        receipt.number != 0 && receipt.generation == self.generation
    }

    pub(super) fn acknowledge(&mut self, receipt: Receipt) {
        if !self.is_ours(receipt) {
            return;
        }
        if self.settle(receipt.number) {
            self.taken = self.taken.saturating_sub(1);
        }
    }

    /// Nothing more is to be done about a delivery: tells the broker what it may know in order. False when that is no news.
    fn settle(&mut self, number: u64) -> bool {
        let Some(ready) = self.acks.acknowledged(number) else {
            return false;
        };
        if let Some(handle) = &self.handle {
            for packet_id in ready {
                self.stuck |= handle.acknowledge(packet_id).is_err();
            }
        }
        true
    }

    /// The connection has room for every acknowledgement there can be. Should that be wrong, a new one is better than
    /// a gap in their order.
    pub(super) fn check(&self) -> Result<(), Lost> {
        if self.stuck {
            return Err(Lost::Broken("an acknowledgement was not taken".to_owned()));
        }
        Ok(())
    }
}

fn dropped(reason: &'static str) {
    metrics::counter!("connector_mqtt_dropped_total", "reason" => reason).increment(1);
}
