//! The history of a record is a chain without gaps.

use connector_domain::connection::{ChangeKind, ConnectionView};
use connector_domain::stamp::Stamp;
use proptest::prelude::*;

use super::story::{Reader, anything, learnt, log_with_signals};

/// It moves without a change, so it is left out of comparisons.
fn without_last_seen(view: &ConnectionView) -> ConnectionView {
    ConnectionView {
        last_seen_at: Stamp::default(),
        ..view.clone()
    }
}

proptest! {
    #[test]
    fn versions_grow_by_one_and_each_change_begins_where_the_last_one_ended(
        story in anything(60),
        learnt in learnt(12),
    ) {
        let reader = Reader::of(&log_with_signals(&story, &learnt));
        let mut last: Option<ConnectionView> = None;
        for (version, change) in (1_i64..).zip(&reader.changes) {
            prop_assert_eq!(change.version, version);
            prop_assert_eq!(change.after.version, version);
            prop_assert_eq!(
                change.before.as_ref().map(without_last_seen),
                last.as_ref().map(without_last_seen)
            );
            let state_before = change.before.as_ref().map(|before| before.state);
            prop_assert_eq!(change.kind == ChangeKind::Appeared, state_before.is_none());
            prop_assert_eq!(
                change.kind == ChangeKind::State,
                state_before.is_some_and(|before| before != change.after.state)
            );
            last = Some(change.after.clone());
        }
        let stored = reader.record.map(|record| without_last_seen(&record.view()));
        prop_assert_eq!(stored, last.as_ref().map(without_last_seen));
    }
}
