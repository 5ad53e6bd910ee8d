//! Reading the same records again, from any earlier offset and any number of times; batches of any size.

use connector_domain::connection::Outcome;
use proptest::prelude::*;

use super::story::{Reader, anything, learnt, log_with_signals};

proptest! {
    #[test]
    fn batch_boundaries_do_not_matter(
        story in anything(40),
        learnt in learnt(8),
        sizes in prop::collection::vec(1..7_usize, 1..20),
    ) {
        let log = log_with_signals(&story, &learnt);
        let whole = Reader::of(&log);
        let mut parts = Reader::default();
        let mut rest = &log[..];
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (batch, later) = rest.split_at(rest.len().min(*size));
            parts.read(batch);
            rest = later;
        }
        prop_assert_eq!(parts.record, whole.record);
        prop_assert_eq!(parts.changes, whole.changes);
        prop_assert_eq!(parts.outcomes, whole.outcomes);
    }

    #[test]
    fn reading_everything_again_changes_nothing(
        story in anything(40),
        learnt in learnt(8),
        starts in prop::collection::vec(any::<prop::sample::Index>(), 1..5),
    ) {
        let log = log_with_signals(&story, &learnt);
        let mut reader = Reader::of(&log);
        let (record, changes) = (reader.record.clone(), reader.changes.clone());
        for start in starts {
            reader.outcomes.clear();
            let dirty = reader.read(&log[start.index(log.len() + 1)..]);
            prop_assert!(!dirty);
            prop_assert_eq!(&reader.record, &record);
            prop_assert_eq!(&reader.changes, &changes);
            prop_assert!(reader.outcomes.iter().all(|outcome| matches!(
                outcome,
                Outcome::Replayed | Outcome::Duplicate | Outcome::Outdated
            )));
        }
    }

    /// A consumer crashes again and again, each time after some records, and starts each time at some earlier one.
    #[test]
    fn crashes_on_the_way_leave_no_trace(
        story in anything(40),
        learnt in learnt(8),
        crashes in prop::collection::vec(any::<(prop::sample::Index, prop::sample::Index)>(), 0..6),
    ) {
        let log = log_with_signals(&story, &learnt);
        let straight = Reader::of(&log);
        let mut reader = Reader::default();
        let mut acknowledged = 0;
        for (end, restart) in crashes {
            let end = acknowledged + end.index(log.len() - acknowledged + 1);
            reader.read(&log[acknowledged..end]);
            acknowledged = restart.index(end + 1);
        }
        reader.read(&log[acknowledged..]);
        prop_assert_eq!(reader.record, straight.record);
        prop_assert_eq!(reader.changes, straight.changes);
    }
}
