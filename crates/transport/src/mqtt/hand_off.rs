//! Deliveries between the task that polls the broker and whoever takes them.

use std::collections::VecDeque;

use connector_domain::port::Delivery;

/// What a broker that keeps to its limit can have out at most, in bytes.
const WINDOW_BYTES: usize = 32 * 1024 * 1024;

/// Bytes of deliveries that wait here before nothing more is read from the broker: two windows, for those of a connection
/// that ended may still wait when the next one delivers. Only a broker that does not keep to its limit gets there:
/// Mosquitto 2.0.11 sends up to a window more with each acknowledgement while it has a queue.
const BYTES: usize = 2 * WINDOW_BYTES;

/// What a delivery takes besides its topic and payload, in bytes, about: many small ones count too.
const OVERHEAD: usize = 2 * size_of::<Delivery>();

/// Most deliveries without acknowledgement that wait here, in number and bytes: there is nothing to withhold.
const LOOSE: usize = 1024;
const LOOSE_BYTES: usize = 8 * 1024 * 1024;

/// Most deliveries that may be out and not acknowledged.
pub(super) const MOST: u16 = 512;

/// How many deliveries may be out and not acknowledged when the broker takes packets up to this size: 32 MiB of them,
/// at most 512, at least one.
pub fn hand_off(broker_message_bytes: u32) -> u16 {
    let size = usize::try_from(broker_message_bytes.max(1)).unwrap_or(usize::MAX);
    u16::try_from((WINDOW_BYTES / size).max(1)).map_or(MOST, |fit| fit.min(MOST))
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pushed {
    /// It waits to be taken.
    Queued,
    /// It was `QoS` 0 and there is no room: gone, as `QoS` 0 allows.
    Dropped,
}

/// A queue bounded in bytes, as far as whoever reads from the broker asks for room before.
#[derive(Debug, Default)]
pub(super) struct HandOff {
    queue: VecDeque<Delivery>,
    bytes: usize,
    loose: usize,
    loose_bytes: usize,
}

impl HandOff {
    pub(super) fn push(&mut self, delivery: Delivery) -> Pushed {
        let size = size(&delivery);
        if is_loose(&delivery) {
            if self.loose >= LOOSE || self.loose_bytes + size > LOOSE_BYTES {
                return Pushed::Dropped;
            }
            self.loose += 1;
            self.loose_bytes += size;
        } else {
            self.bytes += size;
        }
        self.queue.push_back(delivery);
        Pushed::Queued
    }

    /// The oldest, if it is to be taken.
    pub(super) fn pop_if(&mut self, takes: impl FnOnce(&Delivery) -> bool) -> Option<Delivery> {
        let delivery = self.queue.pop_front_if(|delivery| takes(delivery))?;
        let size = size(&delivery);
        if is_loose(&delivery) {
            self.loose -= 1;
            self.loose_bytes -= size;
        } else {
            self.bytes -= size;
        }
        Some(delivery)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Whether more is to be read from the broker.
    pub(super) fn has_room(&self) -> bool {
        self.bytes < BYTES
    }

    /// Forgets what the broker delivers again, now that it kept our session over a reconnect.
    pub(super) fn forget_unacknowledged(&mut self) {
        self.queue.retain(is_loose);
        self.bytes = 0;
    }
}

/// `QoS` 0.
fn is_loose(delivery: &Delivery) -> bool {
    delivery.receipt.number == 0
}

fn size(delivery: &Delivery) -> usize {
    OVERHEAD + delivery.topic.len() + delivery.payload.len()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use connector_domain::port::Receipt;

    use super::*;

    fn delivery(number: u64, bytes: usize) -> Delivery {
        Delivery {
            topic: String::new(),
            payload: Bytes::from(vec![0; bytes]),
            packet_id: u16::try_from(number).unwrap_or(1),
            receipt: Receipt {
                generation: 1,
                number,
            },
        }
    }

    #[test]
    fn thirty_two_mebibytes_and_five_hundred_and_twelve_bound_what_is_out() {
        assert_eq!(hand_off(256 * 1024), 128);
        assert_eq!(hand_off(1024), 512);
        assert_eq!(hand_off(u32::MAX), 1);
        assert_eq!(hand_off(0), 512);
    }

    #[test]
    fn qos_0_is_dropped_where_there_is_no_room_and_takes_none_from_the_others() {
        let mut queue = HandOff::default();
        for _ in 0..LOOSE {
            assert_eq!(queue.push(delivery(0, 1)), Pushed::Queued);
        }
        assert_eq!(queue.push(delivery(0, 1)), Pushed::Dropped);
        assert!(queue.has_room());
        assert_eq!(queue.push(delivery(1, 1)), Pushed::Queued);
        assert!(queue.pop_if(|_| true).is_some());
        assert_eq!(queue.push(delivery(0, LOOSE_BYTES)), Pushed::Dropped);
        assert_eq!(queue.push(delivery(0, 1)), Pushed::Queued);
    }

    #[test]
    fn there_is_room_until_it_is_used_and_again_once_some_is_taken() {
        let mut queue = HandOff::default();
        queue.push(delivery(1, BYTES / 2));
        assert!(queue.has_room());
        queue.push(delivery(2, BYTES / 2));
        assert!(!queue.has_room());
        queue.pop_if(|_| true);
        assert!(queue.has_room());
    }

    #[test]
    fn many_empty_deliveries_use_the_room_too() {
        let mut queue = HandOff::default();
        let most = BYTES / OVERHEAD + 1;
        for number in 1..=most as u64 {
            queue.push(delivery(number, 0));
        }
        assert!(!queue.has_room());
    }

    #[test]
    fn what_comes_again_is_forgotten_and_qos_0_is_kept() {
        let mut queue = HandOff::default();
        queue.push(delivery(1, BYTES));
        queue.push(delivery(0, 3));
        assert!(!queue.has_room());
        queue.forget_unacknowledged();
        assert!(queue.has_room());
        assert_eq!(queue.pop_if(|_| false), None);
        assert_eq!(queue.pop_if(|_| true), Some(delivery(0, 3)));
    }
}
