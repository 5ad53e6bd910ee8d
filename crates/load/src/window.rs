//! What one device has sent and the broker has not acknowledged, in the order of sending.

use std::collections::VecDeque;

use bytes::Bytes;
use rumqttc::{Publish, QoS};
use tokio::time::Instant;

/// What a message is to the device that sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// A numbered message: sent again on the next link.
    Number(u32),
    /// A clean offline: it belongs to its link.
    Goodbye,
    /// An answer to a command: it belongs to its link.
    Pong,
}

/// A message that was acknowledged.
#[derive(Debug)]
pub(crate) struct Acknowledged {
    pub(crate) meaning: Meaning,
    /// When it was sent first.
    pub(crate) since: Instant,
}

struct InFlight {
    publish: Publish,
    meaning: Meaning,
    since: Instant,
}

/// The messages, oldest first.
#[derive(Default)]
pub(crate) struct Window {
    in_flight: VecDeque<InFlight>,
    last_packet_id: u16,
}

impl Window {
    pub(crate) fn len(&self) -> usize {
        self.in_flight.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.in_flight.is_empty()
    }

    /// Takes a message; the packet to send.
    pub(crate) fn push(&mut self, topic: &str, payload: Vec<u8>, meaning: Meaning) -> Publish {
        let mut publish = Publish::from_bytes(topic, QoS::AtLeastOnce, Bytes::from(payload));
        publish.pkid = self.packet_id();
        self.in_flight.push_back(InFlight {
            publish: publish.clone(),
            meaning,
            since: Instant::now(),
        });
        publish
    }

    /// A packet id that nothing in flight has.
    pub(crate) fn packet_id(&mut self) -> u16 {
        loop {
            self.last_packet_id = self.last_packet_id.checked_add(1).unwrap_or(1);
            let taken = |one: &InFlight| one.publish.pkid == self.last_packet_id;
            if !self.in_flight.iter().any(taken) {
                return self.last_packet_id;
            }
        }
    }

    /// The broker acknowledged a packet; `None` for one that is not in flight.
    pub(crate) fn acknowledge(&mut self, packet_id: u16) -> Option<Acknowledged> {
        let mut packets = self.in_flight.iter();
        let index = packets.position(|one| one.publish.pkid == packet_id)?;
        let InFlight { meaning, since, .. } = self.in_flight.remove(index)?;
        Some(Acknowledged { meaning, since })
    }

    /// The link is gone: what belonged to it is forgotten; the rest, to be sent again, as the duplicates they may be.
    pub(crate) fn again(&mut self) -> Vec<Publish> {
        let is_numbered = |one: &InFlight| matches!(one.meaning, Meaning::Number(_));
        self.in_flight.retain(is_numbered);
        for one in &mut self.in_flight {
            one.publish.dup = true;
        }
        self.in_flight
            .iter()
            .map(|one| one.publish.clone())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_acknowledged_is_sent_again_in_order_as_duplicates_without_what_belonged_to_the_link()
     {
        let mut window = Window::default();
        let first = window.push("t", vec![1], Meaning::Number(1));
        let second = window.push("t", vec![2], Meaning::Number(2));
        window.push("t", vec![9], Meaning::Pong);
        window.push("t", vec![3], Meaning::Number(3));
        assert!(!first.dup);
        let acknowledged = window.acknowledge(second.pkid).expect("in flight");
        assert_eq!(acknowledged.meaning, Meaning::Number(2));
        assert!(window.acknowledge(second.pkid).is_none());

        let again = window.again();
        let sent: Vec<_> = again.iter().map(|one| (one.dup, one.payload[0])).collect();
        assert_eq!(sent, [(true, 1), (true, 3)]);
        assert_eq!(window.len(), 2);
    }

    #[test]
    fn packet_ids_go_round_past_those_in_flight() {
        let mut window = Window {
            last_packet_id: u16::MAX - 1,
            ..Window::default()
        };
        let last = window.push("t", vec![], Meaning::Number(1)).pkid;
        let first = window.push("t", vec![], Meaning::Number(2)).pkid;
        assert_eq!((last, first), (u16::MAX, 1));
        window.last_packet_id = u16::MAX - 1;
        assert_eq!(window.packet_id(), 2);
    }
}
