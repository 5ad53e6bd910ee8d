//! Acknowledgements go out in the order their deliveries came in, whatever order they are given in.

use std::collections::{HashMap, VecDeque};

/// Deliveries of one connection that the broker has no acknowledgement for yet. Packet ids bound their number.
#[derive(Debug, Default)]
pub(super) struct AckOrder {
    order: VecDeque<u16>,
    durable: HashMap<u16, bool>,
}

impl AckOrder {
    /// A delivery came in. False when its packet id is still to be acknowledged: the broker repeats itself.
    pub(super) fn received(&mut self, packet_id: u16) -> bool {
        let new = self.durable.insert(packet_id, false).is_none();
        if new {
            self.order.push_back(packet_id);
        }
        new
    }

    /// How many came in and have not been acknowledged.
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// A delivery is durable. What can go to the broker now, in order: nothing while an earlier one is not durable.
    /// `None` when it is no news.
    pub(super) fn acknowledged(&mut self, packet_id: u16) -> Option<Vec<u16>> {
        let durable = self.durable.get_mut(&packet_id)?;
        if std::mem::replace(durable, true) {
            return None;
        }
        let mut ready = Vec::new();
        while let Some(first) = self.order.front()
            && self.durable.get(first) == Some(&true)
        {
            self.durable.remove(first);
            ready.extend(self.order.pop_front());
        }
        Some(ready)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(received: &[u16]) -> AckOrder {
        let mut acks = AckOrder::default();
        for packet_id in received {
            assert!(acks.received(*packet_id));
        }
        acks
    }

    #[test]
    fn acknowledgements_go_out_in_the_order_of_delivery() {
        let mut acks = order(&[7, 3, 9]);
        assert_eq!(acks.acknowledged(9), Some(vec![]));
        assert_eq!(acks.acknowledged(7), Some(vec![7]));
        assert_eq!(acks.len(), 2);
        assert_eq!(acks.acknowledged(3), Some(vec![3, 9]));
        assert_eq!(acks.len(), 0);
    }

    #[test]
    fn an_acknowledgement_of_nothing_is_no_news() {
        let mut acks = order(&[1, 2]);
        assert_eq!(acks.acknowledged(3), None);
        assert_eq!(acks.acknowledged(2), Some(vec![]));
        assert_eq!(acks.acknowledged(2), None);
        assert_eq!(acks.acknowledged(1), Some(vec![1, 2]));
        assert_eq!(acks.acknowledged(1), None);
    }

    #[test]
    fn a_packet_id_is_free_again_after_its_acknowledgement() {
        let mut acks = order(&[1]);
        assert!(!acks.received(1));
        acks.acknowledged(1);
        assert!(acks.received(1));
    }
}
