//! What the task that polls the broker and whoever takes deliveries share.

use bytes::Bytes;
use connector_domain::port::{Delivery, LinkError, Receipt};
use tracing::{debug, warn};

use super::super::acks::{AckOrder, content};
use super::super::connection::{ACKNOWLEDGEMENTS, Handle, Lost};
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

    /// A delivery came in. One that is `repeated` goes no further if the same waits under its packet id, and nor does one
    /// that was `retained`: that is acknowledged in its turn, lest it take the room of others.
    pub(super) fn delivered(
        &mut self,
        (topic, payload): (String, Bytes),
        packet_id: u16,
        (retained, repeated): (bool, bool),
    ) {
        let content = content(&topic, &payload);
        if repeated && self.acks.has(packet_id, content) {
            return dropped("repeated");
        }
        let number = match packet_id {
            0 => 0,
            packet_id => self.acks.received(packet_id, content),
        };
        if retained {
            self.settle(number);
            return dropped("retained");
        }
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

    /// Nothing more is to be done about a delivery. False when that is no news.
    fn settle(&mut self, number: u64) -> bool {
        let is_news = self.acks.acknowledged(number);
        self.ask();
        is_news
    }

    /// The connection has written an acknowledgement.
    pub(super) fn acknowledgement_written(&mut self) {
        self.acks.written();
        self.ask();
    }

    /// Has the connection acknowledge what the broker may know, as far as it may be asked: while the broker delivers much, it
    /// reads more deliveries than it writes acknowledgements.
    fn ask(&mut self) {
        let Some(handle) = &self.handle else {
            return;
        };
        while let Some(packet_id) = self.acks.next(ACKNOWLEDGEMENTS) {
            self.stuck |= handle.acknowledge(packet_id).is_err();
        }
    }

    /// The connection has room for as many acknowledgements as it is asked for. Should that be wrong, a new one is better
    /// than a gap in their order.
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::super::connection::{Connection, Purpose};
    use super::super::super::settings::{Endpoint, Protocol, Settings};
    use super::*;

    const LIMIT: u16 = 8;

    /// A connection that is never polled: what it is asked for stays with it.
    fn connected(protocol: Protocol) -> (State, Connection) {
        let mut settings = Settings::new("mqtt://127.0.0.1:1", "test");
        settings.protocol = protocol;
        let endpoint = Endpoint::new(&settings).expect("an endpoint");
        let purpose = Purpose::Receive {
            receive_maximum: LIMIT,
            session_expiry: Duration::from_hours(1),
        };
        let (handle, connection) = Connection::new(&endpoint, purpose);
        let mut state = State::new(LIMIT);
        state.connected(handle, false);
        (state, connection)
    }

    fn deliver(state: &mut State, packet_id: u16, payload: &str, repeated: bool) {
        let payload = Bytes::copy_from_slice(payload.as_bytes());
        state.delivered(("t".to_owned(), payload), packet_id, (false, repeated));
    }

    fn take(state: &mut State) -> Option<Delivery> {
        let (next, _) = state.next();
        next.map(|next| next.expect("no trouble"))
    }

    #[test]
    fn a_connection_that_writes_none_has_room_however_many_acknowledgements_are_due() {
        const MANY: usize = 70_000;
        for protocol in [Protocol::V5, Protocol::V311] {
            let (mut state, _connection) = connected(protocol);
            for packet_id in (1..=u16::MAX).cycle().take(MANY) {
                deliver(&mut state, packet_id, "", false);
            }
            for _ in 0..MANY {
                let delivery = take(&mut state).expect("a delivery");
                state.acknowledge(delivery.receipt);
            }
            assert!(state.check().is_ok());
            assert_eq!(state.acks.len(), MANY);
        }
    }

    #[test]
    fn the_same_sent_again_on_one_connection_is_one_delivery() {
        let (mut state, _connection) = connected(Protocol::V311);
        deliver(&mut state, 5, "one", false);
        deliver(&mut state, 5, "one", true);
        let first = take(&mut state).expect("a delivery");
        state.acknowledge(first.receipt);
        deliver(&mut state, 5, "one", true);
        assert_eq!(take(&mut state), None, "its acknowledgement is not written");
        deliver(&mut state, 5, "another", true);
        assert!(take(&mut state).is_some(), "it is another message");
        state.acknowledgement_written();
        deliver(&mut state, 5, "one", true);
        assert!(
            take(&mut state).is_some(),
            "the broker has its acknowledgement"
        );
    }
}
