//! The newest letters, and one letter.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use connector_domain::port::{LogError, RecordTail};
use connector_domain::stamp::Stamp;

use super::filter::Filter;
use super::letter::{Heading, Letter};
use super::place::Place;
use super::topic::{Entry, Receipts, next};

/// The newest letters that pass.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// Newest first.
    pub headings: Vec<Heading>,
    /// How many pass in all.
    pub passing: u64,
}

/// A heading in the order of age.
struct Aged(Heading);

impl Aged {
    fn age(&self) -> (Stamp, Place) {
        (self.0.set_aside_at, self.0.place)
    }
}

impl PartialEq for Aged {
    fn eq(&self, other: &Self) -> bool {
        self.age() == other.age()
    }
}

impl Eq for Aged {}

impl PartialOrd for Aged {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Aged {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.age().cmp(&other.age())
    }
}

/// Reads the topic; keeps the newest `limit` letters.
pub async fn list(
    tail: &dyn RecordTail,
    filter: &Filter,
    limit: usize,
) -> Result<Listing, LogError> {
    let mut receipts = Receipts::default();
    let mut newest: BinaryHeap<Reverse<Aged>> = BinaryHeap::new();
    let mut passing = 0;
    while let Some(entry) = next(tail).await? {
        match entry {
            Entry::Receipt(receipt) => receipts.add(receipt),
            Entry::Letter(letter) if filter.passes(&letter.heading) => {
                passing += 1;
                newest.push(Reverse(Aged(letter.heading)));
                if newest.len() > limit {
                    newest.pop();
                }
            }
            Entry::Letter(_) => {}
        }
    }
    let headings = newest.into_sorted_vec().into_iter();
    let headings = headings.map(|Reverse(Aged(mut heading))| {
        heading.replayed_to = receipts.of(heading.place).map(str::to_owned);
        heading
    });
    Ok(Listing {
        headings: headings.collect(),
        passing,
    })
}

/// One letter, if it is there.
pub async fn find(tail: &dyn RecordTail, place: Place) -> Result<Option<Letter>, LogError> {
    let mut receipts = Receipts::default();
    let mut found = None;
    while let Some(entry) = next(tail).await? {
        match entry {
            Entry::Receipt(receipt) => receipts.add(receipt),
            Entry::Letter(letter) if letter.heading.place == place => found = Some(*letter),
            Entry::Letter(_) => {}
        }
    }
    if let Some(letter) = &mut found {
        letter.heading.replayed_to = receipts.of(place).map(str::to_owned);
    }
    Ok(found)
}
