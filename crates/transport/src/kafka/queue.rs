//! What was read and not taken yet.

use std::collections::VecDeque;

/// Most that waits, before reading stops.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub(super) items: usize,
    pub(super) bytes: usize,
}

impl Room {
    /// Of one consumer.
    pub(super) const CONSUMER: Self = Self {
        items: 10_000,
        bytes: 16 * 1024 * 1024,
    };
}

/// A queue that knows its bytes. It takes what was read although it is full: whoever reads asks first.
#[derive(Debug)]
pub(super) struct Queue<T> {
    room: Room,
    bytes: usize,
    items: VecDeque<(usize, T)>,
}

impl<T> Queue<T> {
    pub(super) fn new(room: Room) -> Self {
        Self {
            room,
            bytes: 0,
            items: VecDeque::new(),
        }
    }

    pub(super) fn push(&mut self, bytes: usize, item: T) {
        self.bytes += bytes;
        self.items.push_back((bytes, item));
    }

    pub(super) fn pop(&mut self) -> Option<T> {
        let (bytes, item) = self.items.pop_front()?;
        self.bytes -= bytes;
        Some(item)
    }

    /// Takes the oldest, up to so many items and bytes; the first one always.
    pub(super) fn take(&mut self, items: usize, bytes: usize) -> Vec<T> {
        let mut taken = Vec::new();
        let mut size = 0;
        while let Some((next, _)) = self.items.front() {
            size += next;
            if !taken.is_empty() && (taken.len() >= items || size > bytes) {
                break;
            }
            taken.extend(self.pop());
        }
        taken
    }

    /// Keeps only these.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.items.retain(|(_, item)| keep(item));
        self.bytes = self.items.iter().map(|(bytes, _)| bytes).sum();
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.items.iter().map(|(_, item)| item)
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn is_full(&self) -> bool {
        self.holds(self.room.items, self.room.bytes)
    }

    /// Whether this many items or bytes wait.
    pub(super) fn holds(&self, items: usize, bytes: usize) -> bool {
        self.items.len() >= items || self.bytes >= bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_full_by_number_or_by_bytes() {
        let mut queue = Queue::new(Room {
            items: 2,
            bytes: 10,
        });
        queue.push(1, 'a');
        assert!(!queue.is_full());
        queue.push(1, 'b');
        assert!(queue.is_full());
        queue.pop();
        queue.pop();
        queue.push(10, 'c');
        assert!(queue.is_full());
        queue.retain(|_| false);
        assert!(!queue.is_full() && queue.pop().is_none());
    }

    #[test]
    fn a_batch_is_bounded_and_one_item_always_passes() {
        let mut queue = Queue::new(Room::CONSUMER);
        for item in ['a', 'b', 'c', 'd'] {
            queue.push(5, item);
        }
        assert_eq!(queue.take(10, 3), ['a']);
        assert_eq!(queue.take(10, 10), ['b', 'c']);
        queue.push(5, 'e');
        assert_eq!(queue.take(1, 100), ['d']);
    }
}
