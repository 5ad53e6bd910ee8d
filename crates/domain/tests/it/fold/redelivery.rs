//! The broker delivers a window of messages again: to the same holder after a reconnect, or to a new one whose copies
//! mingle with those that the former one still appends. Same messages, later stamps.

use connector_domain::connection::DeviceRecord;
use proptest::prelude::*;

use super::story::{Reader, Said, agent_says, appended, records, with_own_ids};

/// Whether a window ends with onlines right after an offline: a second pass over it ends OFFLINE, see the module above.
fn ends_online_after_offline(window: &[Said]) -> bool {
    let is_online = |said: &&Said| matches!(said, Said::Online { .. });
    let onlines = window.iter().rev().take_while(is_online).count();
    let before = window[..window.len() - onlines].last();
    onlines > 0 && matches!(before, Some(Said::Offline(_)))
}

/// Some interleaving of two lists that keeps the order of each.
fn merged(
    first: Vec<DeviceRecord>,
    second: Vec<DeviceRecord>,
    turns: &[bool],
) -> Vec<DeviceRecord> {
    let (mut first, mut second) = (first.into_iter().peekable(), second.into_iter().peekable());
    let mut all = Vec::new();
    for first_is_next in turns.iter().cycle() {
        let next = match (first.peek(), second.peek()) {
            (None, None) => break,
            (Some(_), None) => first.next(),
            (Some(_), Some(_)) if *first_is_next => first.next(),
            (_, Some(_)) => second.next(),
        };
        all.extend(next);
    }
    all
}

/// The same as if every message had been delivered once: state and details now, or, where the second pass is known to
/// end otherwise, the details now and all of it after the device's next message.
fn check(
    prefix: &[Said],
    window: &[Said],
    log: &[DeviceRecord],
    next: &Said,
) -> Result<(), TestCaseError> {
    let once = [prefix, window].concat();
    let straight = Reader::of(&records(&once, 0, 0, 1));
    let mut reader = Reader::of(log);
    if ends_online_after_offline(window) {
        prop_assert_eq!(
            reader.says().map(|(_, details)| details),
            straight.says().map(|(_, details)| details)
        );
    } else {
        prop_assert_eq!(reader.says(), straight.says());
    }
    reader.read(&records(std::slice::from_ref(next), 0, 10_000, 1_000_000));
    let once = [&once[..], std::slice::from_ref(next)].concat();
    prop_assert_eq!(reader.says(), Reader::of(&records(&once, 0, 0, 1)).says());
    Ok(())
}

proptest! {
    #[test]
    fn a_window_delivered_again_changes_nothing(
        prefix in agent_says(0..30),
        window in agent_says(1..40),
        next in agent_says(1..2),
        times in 1..4_usize,
    ) {
        let [prefix, window, next] = with_own_ids([prefix, window, next]);
        let mut log = records(&[&prefix[..], &window[..]].concat(), 0, 0, 1);
        for time in 1..=times {
            let stamp = 1_000 * i64::try_from(time).expect("small");
            log.extend(records(&window, 0, 0, stamp));
        }
        check(&prefix, &window, &appended(log), &next[0])?;
    }

    /// Two holders for a while: the new one got the window again and stamps above everything; the former one still
    /// appends its own copies, under the stamps it gave them before.
    #[test]
    fn a_former_holder_that_appends_late_does_no_harm(
        prefix in agent_says(0..20),
        window in agent_says(1..9),
        next in agent_says(1..2),
        turns in prop::collection::vec(any::<bool>(), 1..30),
    ) {
        let [prefix, window, next] = with_own_ids([prefix, window, next]);
        let late = records(&window, 0, 0, 100);
        let new = records(&window, 0, 0, 1_000);
        let mut log = records(&prefix, 0, 0, 1);
        log.extend(merged(late, new, &turns));
        check(&prefix, &window, &appended(log), &next[0])?;
    }

    /// As above, but the former holder comes last: none of its copies counts, and the record is exactly what the new
    /// holder's say.
    #[test]
    fn what_a_former_holder_appends_after_the_new_one_is_a_replay(
        prefix in agent_says(0..20),
        window in agent_says(1..9),
    ) {
        let [prefix, window] = with_own_ids([prefix, window]);
        let late = records(&window, 0, 0, 100);
        let log = [records(&prefix, 0, 0, 1), records(&window, 0, 0, 1_000)].concat();
        let log = appended(log);
        let mut reader = Reader::of(&log);
        let straight = Reader::of(&log);
        reader.read(&late);
        prop_assert_eq!(reader.record, straight.record);
        prop_assert_eq!(reader.changes, straight.changes);
    }
}
