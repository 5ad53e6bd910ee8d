//! Acknowledgements go out in the order their deliveries came in, whatever order they are given in.

use std::collections::VecDeque;

/// Deliveries of one connection that the broker has no acknowledgement for yet, numbered from 1 in the order they came.
///
/// Every one counts, also when its packet id is still to be acknowledged. The protocol has a broker send again only on a new
/// connection, so it is another message: Mosquitto 2.0.11 does so once it has more out than there are packet ids. It takes
/// each acknowledgement for the oldest message of that packet id, which in this order it is.
#[derive(Debug, Default)]
pub(super) struct AckOrder {
    waiting: VecDeque<Waiting>,
    /// How many have been acknowledged.
    gone: u64,
}

#[derive(Debug)]
struct Waiting {
    packet_id: u16,
    durable: bool,
}

impl AckOrder {
    /// A delivery came in: its number.
    pub(super) fn received(&mut self, packet_id: u16) -> u64 {
        self.waiting.push_back(Waiting {
            packet_id,
            durable: false,
        });
        self.gone + self.waiting.len() as u64
    }

    /// How many came in and have not been acknowledged.
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// A delivery is durable. The packet ids that can go to the broker now, in order: none while an earlier delivery is not
    /// durable. `None` when it is no news.
    pub(super) fn acknowledged(&mut self, number: u64) -> Option<Vec<u16>> {
        let index = usize::try_from(number.checked_sub(self.gone + 1)?).ok()?;
        let waiting = self.waiting.get_mut(index)?;
        if std::mem::replace(&mut waiting.durable, true) {
            return None;
        }
        let mut ready = Vec::new();
        while let Some(first) = self.waiting.pop_front_if(|first| first.durable) {
            ready.push(first.packet_id);
            self.gone += 1;
        }
        Some(ready)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Deliveries under these packet ids: their numbers are 1, 2 and so on.
    fn order(received: &[u16]) -> AckOrder {
        let mut acks = AckOrder::default();
        for (index, packet_id) in received.iter().enumerate() {
            assert_eq!(acks.received(*packet_id), index as u64 + 1);
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
        assert_eq!(acks.received(1), 2);
        assert_eq!(acks.acknowledged(2), Some(vec![1]));
    }

    #[test]
    fn two_out_under_one_packet_id_are_two_deliveries() {
        let mut acks = order(&[5, 6, 5]);
        assert_eq!(acks.acknowledged(3), Some(vec![]));
        assert_eq!(acks.acknowledged(1), Some(vec![5]));
        assert_eq!(acks.acknowledged(2), Some(vec![6, 5]));
    }
}
