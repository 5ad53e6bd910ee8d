//! What happened lately, shared by all subscribers: bounded by bytes and by age.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use connector_domain::stamp::Stamp;

use super::event::{Event, EventId};
use super::options::Options;
use super::position::Position;

/// One event with the place just after it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub event: Event,
    /// The cursor to resume after it, written once for everybody.
    pub cursor: Arc<str>,
    pub(super) id: EventId,
    /// Which partition, counted over both topics.
    pub(super) partition: usize,
    pub(super) offset: i64,
    /// The record's own time.
    pub(super) at: Stamp,
    /// About what it takes in memory.
    pub(super) bytes: usize,
}

impl Entry {
    /// Whether whoever is at this place has had it.
    pub(super) fn is_before(&self, position: &Position) -> bool {
        let next = position.next.get(self.partition);
        next.is_some_and(|next| self.offset < *next)
    }
}

/// Events kept, oldest first.
#[derive(Debug, Default)]
pub(super) struct Ring {
    entries: VecDeque<Arc<Entry>>,
    bytes: usize,
    /// Per partition the first offset from which nothing kept before has been dropped.
    floor: Vec<i64>,
    seen: HashSet<EventId>,
}

impl Ring {
    /// An empty ring that knows everything from these offsets on.
    pub fn starting_at(floor: Vec<i64>) -> Self {
        Self {
            floor,
            ..Self::default()
        }
    }

    /// Whether this event is here already: its record is a repeat.
    pub fn knows(&self, id: &EventId) -> bool {
        self.seen.contains(id)
    }

    /// Keeps an event, and drops what is over the bounds.
    pub fn push(&mut self, entry: Arc<Entry>, options: &Options, now: Stamp) {
        self.bytes += entry.bytes;
        self.seen.insert(entry.id.clone());
        self.entries.push_back(entry);
        self.shrink(options, now);
    }

    /// Drops what is over the bounds.
    pub fn shrink(&mut self, options: &Options, now: Stamp) {
        let oldest = now.minus(options.ring_age);
        while let Some(entry) = self.entries.front()
            && (self.bytes > options.ring_bytes || entry.at < oldest)
        {
            self.bytes -= entry.bytes;
            self.seen.remove(&entry.id);
            if let Some(floor) = self.floor.get_mut(entry.partition) {
                *floor = (*floor).max(entry.offset + 1);
            }
            self.entries.pop_front();
        }
    }

    /// What happened after a place; `None` when some of it may have been dropped.
    pub fn after(&self, position: &Position) -> Option<VecDeque<Arc<Entry>>> {
        let reaches = position.next.len() == self.floor.len()
            && position
                .next
                .iter()
                .zip(&self.floor)
                .all(|(next, floor)| next >= floor);
        let is_later = |entry: &&Arc<Entry>| !entry.is_before(position);
        reaches.then(|| self.entries.iter().filter(is_later).cloned().collect())
    }
}
