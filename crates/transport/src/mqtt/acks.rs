//! Acknowledgements go out in the order their deliveries came in, whatever order they are given in.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Deliveries of one connection for which no acknowledgement is written yet, numbered from 1 in the order they came.
///
/// A packet id that is still to be acknowledged may come again for another message: Mosquitto 2.0.11 does so once it has more
/// out than there are packet ids. It takes each acknowledgement for the oldest message of that packet id, which in this order
/// it is.
#[derive(Debug, Default)]
pub(super) struct AckOrder {
    waiting: VecDeque<Waiting>,
    /// Of how many of them, the first ones, the connection was asked to write the acknowledgement.
    asked: usize,
    /// Before them, how many there were whose acknowledgement is written.
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

    /// How many came in and are not acknowledged.
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// A delivery is durable. False when that is no news.
    pub(super) fn acknowledged(&mut self, number: u64) -> bool {
        let index = self.index(number);
        let waiting = index.and_then(|index| self.waiting.get_mut(index));
        waiting.is_some_and(|waiting| !std::mem::replace(&mut waiting.durable, true))
    }

    /// The packet id to acknowledge next, which the connection is asked for with this, unless so many are asked for and not
    /// written. None while an earlier delivery is not durable.
    pub(super) fn next(&mut self, most: u16) -> Option<u16> {
        if self.asked >= usize::from(most) {
            return None;
        }
        let next = self.waiting.get(self.asked)?;
        let packet_id = next.durable.then_some(next.packet_id)?;
        self.asked += 1;
        Some(packet_id)
    }

    /// The next of the acknowledgements asked for is written.
    pub(super) fn written(&mut self) {
        if self.asked == 0 {
            return;
        }
        let Some(first) = self.waiting.pop_front() else {
            return;
        };
        self.asked -= 1;
        self.gone += 1;
        if self.newest.get(&first.packet_id) == Some(&self.gone) {
            self.newest.remove(&first.packet_id);
        }
    }

    fn index(&self, number: u64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.gone + 1)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: u16 = 8;

    /// Deliveries under these packet ids: their numbers and contents are 1, 2 and so on.
    fn order(received: &[u16]) -> AckOrder {
        let mut acks = AckOrder::default();
        for (packet_id, number) in received.iter().zip(1..) {
            assert_eq!(acks.received(*packet_id, number), number);
        }
        acks
    }

    /// What is asked for once this delivery is durable.
    fn after(acks: &mut AckOrder, number: u64) -> Vec<u16> {
        assert!(acks.acknowledged(number));
        std::iter::from_fn(|| acks.next(MOST)).collect()
    }

    #[test]
    fn acknowledgements_go_out_in_the_order_of_delivery() {
        let mut acks = order(&[7, 3, 9]);
        assert_eq!(after(&mut acks, 3), [0_u16; 0]);
        assert_eq!(after(&mut acks, 1), [7]);
        assert_eq!(acks.len(), 3, "none is written");
        assert_eq!(after(&mut acks, 2), [3, 9]);
        for left in [2, 1, 0] {
            acks.written();
            assert_eq!(acks.len(), left);
        }
    }

    #[test]
    fn an_acknowledgement_of_nothing_is_no_news() {
        let mut acks = order(&[1, 2]);
        assert!(!acks.acknowledged(0) && !acks.acknowledged(3));
        assert!(acks.acknowledged(1));
        assert!(!acks.acknowledged(1));
        assert_eq!(acks.next(MOST), Some(1));
        acks.written();
        assert!(!acks.acknowledged(1));
    }

    #[test]
    fn only_so_many_are_asked_for_and_not_written() {
        let mut acks = order(&[1, 2, 3]);
        for number in [1, 2, 3] {
            acks.acknowledged(number);
        }
        assert_eq!(
            [acks.next(2), acks.next(2), acks.next(2)],
            [Some(1), Some(2), None]
        );
        acks.written();
        assert_eq!([acks.next(2), acks.next(2)], [Some(3), None]);
    }

    #[test]
    fn what_was_not_asked_for_is_not_written() {
        let mut acks = order(&[1]);
        acks.written();
        assert_eq!(after(&mut acks, 1), [1]);
    }

    #[test]
    fn numbers_go_on_where_packet_ids_begin_again() {
        let mut acks = order(&[1]);
        assert_eq!(after(&mut acks, 1), [1]);
        acks.written();
        assert_eq!(acks.received(1, 2), 2);
        assert_eq!(after(&mut acks, 2), [1]);
    }

    #[test]
    fn two_out_under_one_packet_id_are_two_deliveries() {
        let mut acks = order(&[5, 6, 5]);
        assert_eq!(after(&mut acks, 3), [0_u16; 0]);
        assert_eq!(after(&mut acks, 1), [5]);
        assert_eq!(after(&mut acks, 2), [6, 5]);
    }

    #[test]
    fn the_same_is_known_until_its_acknowledgement_is_written() {
        let mut acks = order(&[5, 6, 5]);
        assert!(acks.has(6, 2) && acks.has(5, 3));
        assert!(!acks.has(6, 3) && !acks.has(7, 2));
        for number in [1, 2, 3] {
            assert!(after(&mut acks, number).len() == 1);
        }
        acks.written();
        assert!(acks.has(6, 2) && acks.has(5, 3), "the newer of two");
        acks.written();
        acks.written();
        assert!(!acks.has(6, 2) && !acks.has(5, 3));
    }

    #[test]
    fn topic_and_payload_make_the_content() {
        assert_eq!(content("a", b"bc"), content("a", b"bc"));
        assert_ne!(content("a", b"bc"), content("ab", b"c"));
    }
}
