//! Which partitions are ours, and how far each one is. Pure.

use std::collections::BTreeMap;

use connector_domain::port::IncomingRecord;

/// Topic and partition.
pub(super) type Place = (String, i32);

/// One partition since it was assigned to us.
#[derive(Debug, Default)]
struct Partition {
    /// Which assignment gave it to us.
    generation: u64,
    /// First and last offset that went out to the reader.
    given: Option<(i64, i64)>,
    /// Last offset that is done.
    done: Option<i64>,
    /// Where it is to be read from again; until then nothing of it goes out.
    rewinding: Option<i64>,
    /// Where it started, if that was asked.
    start: Option<i64>,
}

impl Partition {
    fn next(&self) -> Option<i64> {
        self.rewinding
            .or(self.given.map(|(_, last)| last + 1))
            .or(self.start)
    }
}

/// Where reading of a partition stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) place: Place,
    /// Which assignment this is about.
    pub(super) generation: u64,
    /// Offset that goes out next, where it is known.
    pub(super) next: Option<i64>,
}

/// The partitions that are ours. It forgets what it knew of a partition that is taken away, so that nothing of an
/// earlier assignment counts in a later one.
#[derive(Debug, Default)]
pub(super) struct Assignment {
    member: bool,
    /// Counts assignments.
    generation: u64,
    partitions: BTreeMap<Place, Partition>,
}

impl Assignment {
    /// These are ours now, besides what was: a group that balances eagerly took all away before.
    pub(super) fn assign(&mut self, places: impl Iterator<Item = Place>) {
        self.member = true;
        self.generation += 1;
        let generation = self.generation;
        self.partitions.extend(places.map(|place| {
            let new = Partition {
                generation,
                ..Partition::default()
            };
            (place, new)
        }));
    }

    /// Grows with every assignment.
    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    /// These are no longer ours. Who `stays` a member may be left with nothing; else the group will give a new share.
    pub(super) fn revoke(&mut self, places: &[Place], stays: bool) {
        for place in places {
            self.partitions.remove(place);
        }
        self.member &= stays || !self.partitions.is_empty();
    }

    /// Whether a partition is ours.
    pub(super) fn holds(&self, place: &Place) -> bool {
        self.partitions.contains_key(place)
    }

    /// Whether the group gave us our share, be it nothing.
    pub(super) fn is_member(&self) -> bool {
        self.member
    }

    pub(super) fn places(&self) -> Vec<Place> {
        self.partitions.keys().cloned().collect()
    }

    /// Whether a record that was just read is to go out.
    pub(super) fn accepts(&self, record: &IncomingRecord) -> bool {
        let place = (record.topic.clone(), record.partition);
        let partition = self.partitions.get(&place);
        partition.is_some_and(|partition| partition.rewinding.is_none())
    }

    /// A record goes out to the reader. One from before what went out belongs to a log that was cut off or made anew: what
    /// was done of the former one says nothing of it.
    pub(super) fn give(&mut self, record: &IncomingRecord) {
        let place = (record.topic.clone(), record.partition);
        let Some(partition) = self.partitions.get_mut(&place) else {
            return;
        };
        let first = match partition.given {
            Some((first, last)) if record.offset > last => first,
            Some(_) => {
                partition.done = None;
                record.offset
            }
            None => record.offset,
        };
        partition.given = Some((first, record.offset));
    }

    /// A record is done. The offset to store, when that is news: not of another's partition, nor of an earlier
    /// assignment, nor backwards.
    pub(super) fn done(&mut self, place: &Place, offset: i64) -> Option<i64> {
        let partition = self.partitions.get_mut(place)?;
        let (first, last) = partition.given?;
        let news =
            (first..=last).contains(&offset) && partition.done.is_none_or(|done| offset > done);
        if !news {
            return None;
        }
        partition.done = Some(offset);
        Some(offset + 1)
    }

    /// Everything that went out and is not done is to be read again.
    pub(super) fn rewind(&mut self) {
        for partition in self.partitions.values_mut() {
            let Some((first, last)) = partition.given else {
                continue;
            };
            let next = partition.done.map_or(first, |done| done + 1);
            if next > last && partition.rewinding.is_none() {
                continue;
            }
            partition.rewinding = Some(next);
            // What is given after it is at or above `next`, and only that can be done.
            partition.given = Some((first, next - 1));
        }
    }

    /// Whether it is being read again from an earlier place.
    pub(super) fn is_rewinding(&self, place: &Place) -> bool {
        let partition = self.partitions.get(place);
        partition.is_some_and(|partition| partition.rewinding.is_some())
    }

    /// Partitions to seek, and where to.
    pub(super) fn to_seek(&self) -> Vec<(Place, i64)> {
        let rewinding = self.partitions.iter().filter_map(|(place, partition)| {
            let offset = partition.rewinding?;
            Some((place.clone(), offset))
        });
        rewinding.collect()
    }

    /// The partition will be read from there.
    pub(super) fn sought(&mut self, place: &Place) {
        if let Some(partition) = self.partitions.get_mut(place) {
            partition.rewinding = None;
        }
    }

    /// Where a partition started, which only the group knows as long as nothing went out. What was found out about an
    /// earlier assignment says nothing of this one: others may have read on meanwhile.
    pub(super) fn note_start(&mut self, standing: &Standing, offset: i64) {
        if let Some(partition) = self.partitions.get_mut(&standing.place)
            && partition.generation == standing.generation
        {
            partition.start = Some(offset);
        }
    }

    /// Each partition, with the offset that goes out next where that is known.
    pub(super) fn standings(&self) -> Vec<Standing> {
        let standings = self.partitions.iter();
        standings
            .map(|(place, partition)| Standing {
                place: place.clone(),
                generation: partition.generation,
                next: partition.next(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use connector_domain::stamp::Stamp;

    use super::*;

    fn place() -> Place {
        ("t".to_owned(), 0)
    }

    fn record(offset: i64) -> IncomingRecord {
        IncomingRecord {
            topic: "t".to_owned(),
            partition: 0,
            offset,
            timestamp: Stamp::default(),
            key: None,
            headers: Vec::new(),
            value: None,
        }
    }

    fn given(offsets: std::ops::RangeInclusive<i64>) -> Assignment {
        let mut assignment = Assignment::default();
        assignment.assign([place()].into_iter());
        for offset in offsets {
            assignment.give(&record(offset));
        }
        assignment
    }

    fn next(assignment: &Assignment) -> Vec<Option<i64>> {
        let standings = assignment.standings().into_iter();
        standings.map(|standing| standing.next).collect()
    }

    #[test]
    fn offsets_are_stored_forwards_and_only_for_what_went_out() {
        let mut assignment = given(5..=9);
        assert_eq!(assignment.done(&place(), 6), Some(7));
        assert_eq!(assignment.done(&place(), 5), None);
        assert_eq!(assignment.done(&place(), 10), None);
        assert_eq!(assignment.done(&("t".to_owned(), 1), 6), None);
        assert_eq!(assignment.done(&place(), 9), Some(10));
    }

    #[test]
    fn work_of_an_earlier_assignment_does_not_count() {
        let mut assignment = given(5..=9);
        assignment.revoke(&[place()], false);
        assert!(!assignment.accepts(&record(10)));
        assert_eq!(assignment.done(&place(), 9), None);
        assignment.assign([place()].into_iter());
        assert_eq!(assignment.done(&place(), 9), None);
    }

    #[test]
    fn a_log_that_begins_anew_is_read_and_rewound_like_a_new_one() {
        let mut assignment = given(50..=99);
        assignment.done(&place(), 99);
        assignment.give(&record(3));
        assignment.give(&record(4));
        assignment.rewind();
        assert_eq!(assignment.to_seek(), [(place(), 3)]);
        assignment.sought(&place());
        assignment.give(&record(3));
        assert_eq!(assignment.done(&place(), 99), None);
        assert_eq!(assignment.done(&place(), 3), Some(4));
    }

    #[test]
    fn who_is_left_with_nothing_is_a_member_only_where_the_group_says_so() {
        let mut assignment = given(0..=1);
        assignment.revoke(&[place()], true);
        assert!(assignment.is_member() && assignment.places().is_empty());
        assignment.assign([place()].into_iter());
        assignment.revoke(&[place()], false);
        assert!(!assignment.is_member());
    }

    #[test]
    fn where_an_earlier_assignment_started_says_nothing_of_a_later_one() {
        let mut assignment = Assignment::default();
        assignment.assign([place()].into_iter());
        let asked = assignment.standings().remove(0);
        assignment.revoke(&[place()], false);
        assignment.assign([place()].into_iter());
        assignment.note_start(&asked, 5);
        assert_eq!(next(&assignment), [None]);
        let asked = assignment.standings().remove(0);
        assignment.note_start(&asked, 9);
        assert_eq!(next(&assignment), [Some(9)]);
    }

    #[test]
    fn a_rewind_goes_back_to_what_is_not_done_and_nothing_passes_before_the_seek() {
        let mut assignment = given(5..=9);
        assignment.done(&place(), 6);
        assignment.rewind();
        assert_eq!(assignment.to_seek(), [(place(), 7)]);
        assert!(!assignment.accepts(&record(10)));
        assert_eq!(assignment.done(&place(), 9), None);
        assert_eq!(next(&assignment), [Some(7)]);
        assignment.sought(&place());
        assert!(assignment.accepts(&record(7)));
        assignment.give(&record(7));
        assert_eq!(assignment.done(&place(), 7), Some(8));
    }

    #[test]
    fn a_rewind_before_anything_is_done_goes_back_to_the_first_that_went_out() {
        let mut assignment = given(5..=9);
        assignment.rewind();
        assignment.rewind();
        assert_eq!(assignment.to_seek(), [(place(), 5)]);
    }

    #[test]
    fn a_rewind_leaves_alone_what_is_all_done() {
        let mut assignment = given(5..=9);
        assignment.done(&place(), 9);
        assignment.rewind();
        assert_eq!(assignment.to_seek(), []);
        assert_eq!(next(&assignment), [Some(10)]);
    }
}
