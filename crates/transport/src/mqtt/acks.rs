//! Acknowledgements go out in the order their deliveries came in, whatever order they are given in.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Deliveries of one connection that the broker has no acknowledgement for yet, numbered from 1 in the order they came.
///
/// A packet id that is still to be acknowledged may come again for another message: Mosquitto 2.0.11 does so once it has more
/// out than there are packet ids. It takes each acknowledgement for the oldest message of that packet id, which in this order
/// it is.
#[derive(Debug, Default)]
pub(super) struct AckOrder {
    waiting: VecDeque<Waiting>,
    /// How many have been acknowledged.
    gone: u64,
    /// The newest of each packet id.
    newest: HashMap<u16, u64>,
}

#[derive(Debug)]
struct Waiting {
    packet_id: u16,
    content: u64,
    durable: bool,
}

/// Tells topic and payload from others.
pub(super) fn content(topic: &str, payload: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    (topic, payload).hash(&mut hasher);
    hasher.finish()
}

impl AckOrder {
    /// A delivery came in: its number.
    pub(super) fn received(&mut self, packet_id: u16, content: u64) -> u64 {
        self.waiting.push_back(Waiting {
            packet_id,
            content,
            durable: false,
        });
        let number = self.gone + self.waiting.len() as u64;
        self.newest.insert(packet_id, number);
        number
    }

    /// Whether the same waits under this packet id. It must not be acknowledged twice, for the packet id may stand for
    /// something else by then.
    pub(super) fn has(&self, packet_id: u16, content: u64) -> bool {
        let newest = self.newest.get(&packet_id).copied();
        let waiting = newest.and_then(|number| self.waiting.get(self.index(number)?));
        waiting.is_some_and(|waiting| waiting.content == content)
    }

    /// How many came in and have not been acknowledged.
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// A delivery is durable. The packet ids that can go to the broker now, in order: none while an earlier delivery is not
    /// durable. `None` when it is no news.
    pub(super) fn acknowledged(&mut self, number: u64) -> Option<Vec<u16>> {
        let index = self.index(number)?;
        let waiting = self.waiting.get_mut(index)?;
        if std::mem::replace(&mut waiting.durable, true) {
            return None;
        }
        let mut ready = Vec::new();
        while let Some(first) = self.waiting.pop_front_if(|first| first.durable) {
            ready.push(first.packet_id);
            self.gone += 1;
            if self.newest.get(&first.packet_id) == Some(&self.gone) {
                self.newest.remove(&first.packet_id);
            }
        }
        Some(ready)
    }

    fn index(&self, number: u64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.gone + 1)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Deliveries under these packet ids: their numbers and contents are 1, 2 and so on.
    fn order(received: &[u16]) -> AckOrder {
        let mut acks = AckOrder::default();
        for (packet_id, number) in received.iter().zip(1..) {
            assert_eq!(acks.received(*packet_id, number), number);
        }
        acks
    }

    #[test]
    fn acknowledgements_go_out_in_the_order_of_delivery() {
        let mut acks = order(&[7, 3, 9]);
        assert_eq!(acks.acknowledged(3), Some(vec![]));
        assert_eq!(acks.acknowledged(1), Some(vec![7]));
        assert_eq!(acks.len(), 2);
        assert_eq!(acks.acknowledged(2), Some(vec![3, 9]));
        assert_eq!(acks.len(), 0);
    }

    #[test]
    fn an_acknowledgement_of_nothing_is_no_news() {
        let mut acks = order(&[1, 2]);
        assert_eq!(acks.acknowledged(0), None);
        assert_eq!(acks.acknowledged(3), None);
        assert_eq!(acks.acknowledged(2), Some(vec![]));
        assert_eq!(acks.acknowledged(2), None);
        assert_eq!(acks.acknowledged(1), Some(vec![1, 2]));
        assert_eq!(acks.acknowledged(1), None);
    }

    #[test]
    fn numbers_go_on_where_packet_ids_begin_again() {
        let mut acks = order(&[1]);
        acks.acknowledged(1);
        assert_eq!(acks.received(1, 2), 2);
        assert_eq!(acks.acknowledged(2), Some(vec![1]));
    }

    #[test]
    fn two_out_under_one_packet_id_are_two_deliveries() {
        let mut acks = order(&[5, 6, 5]);
        assert_eq!(acks.acknowledged(3), Some(vec![]));
        assert_eq!(acks.acknowledged(1), Some(vec![5]));
        assert_eq!(acks.acknowledged(2), Some(vec![6, 5]));
    }

    #[test]
    fn the_same_is_known_while_it_waits() {
        let mut acks = order(&[5, 6, 5]);
        assert!(acks.has(6, 2) && acks.has(5, 3));
        assert!(!acks.has(6, 3) && !acks.has(7, 2));
        acks.acknowledged(1);
        assert!(acks.has(5, 3), "the newer of two");
        acks.acknowledged(2);
        acks.acknowledged(3);
        assert!(!acks.has(6, 2) && !acks.has(5, 3));
    }

    #[test]
    fn topic_and_payload_make_the_content() {
        assert_eq!(content("a", b"bc"), content("a", b"bc"));
        assert_ne!(content("a", b"bc"), content("ab", b"c"));
    }
}
