//! Partitions that are ours and hold records, of which none comes in.

use std::collections::BTreeMap;
use std::time::Duration;

use connector_domain::port::LogEnds;
use connector_transport::kafka::Vitals;
use tokio::time::Instant;

/// Records are there, the log answers, nothing waits to be read, and none has come in for so long.
const STUCK: Duration = Duration::from_mins(1);

/// Topic and partition.
type Place = (String, i32);

/// One partition that may have stalled.
#[derive(Debug)]
struct Suspicion {
    since: Instant,
    next: i64,
    lag: i64,
}

/// What was seen of partitions in a row of looks.
#[derive(Debug, Default)]
pub(super) struct Stalls {
    suspicions: BTreeMap<Place, Suspicion>,
}

impl Stalls {
    /// Looks at what is ours now. `ends` is as fresh as `vitals`.
    pub(super) fn look(&mut self, vitals: &Vitals, ends: &LogEnds, now: Instant) {
        let mut former = std::mem::take(&mut self.suspicions);
        // A reader that is behind is not helped by a restart.
        if !vitals.is_member || vitals.is_full {
            return;
        }
        for (topic, partition, end, next) in &ends.partitions {
            let place = (topic.clone(), *partition);
            let (next, lag) = (*next, end - next);
            if lag <= 0 || vitals.waiting.contains(&place) {
                continue;
            }
            let since = former
                .remove(&place)
                .filter(|suspicion| suspicion.next == next)
                .map_or(now, |suspicion| suspicion.since);
            self.suspicions
                .insert(place, Suspicion { since, next, lag });
        }
    }

    /// The partition that has stalled for longest.
    pub(super) fn problem(&self, now: Instant) -> Option<String> {
        let oldest = self
            .suspicions
            .iter()
            .min_by_key(|(_, suspicion)| suspicion.since);
        let ((topic, partition), suspicion) = oldest?;
        let stuck = now.duration_since(suspicion.since);
        (stuck >= STUCK).then(|| {
            format!(
                "{} records of {topic}/{partition} are there and none came in for {} s",
                suspicion.lag,
                stuck.as_secs()
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const EVERY: Duration = Duration::from_secs(5);

    fn fine() -> Vitals {
        Vitals {
            poll_age: Duration::ZERO,
            queued: 0,
            is_full: false,
            is_paused: false,
            waiting: BTreeSet::new(),
            is_member: true,
            fatal: None,
        }
    }

    /// Partition 0 ends at 10, partition 1 at 100.
    fn ends(next: [i64; 2]) -> LogEnds {
        let partitions = [(0, 10, next[0]), (1, 100, next[1])];
        let partitions = partitions.map(|(number, end, next)| ("t".to_owned(), number, end, next));
        LogEnds {
            partitions: partitions.into(),
        }
    }

    /// Two minutes of looks; what is wrong after them.
    fn watched(mut seen: impl FnMut(i64) -> (Vitals, LogEnds)) -> Option<String> {
        let (mut stalls, start) = (Stalls::default(), Instant::now());
        let mut now = start;
        for number in 0..24 {
            let (vitals, ends) = seen(number);
            now += EVERY;
            stalls.look(&vitals, &ends, now);
        }
        stalls.problem(now)
    }

    #[test]
    fn a_partition_of_which_nothing_comes_is_found_among_busy_ones() {
        let problem = watched(|number| (fine(), ends([4, number])));
        assert_eq!(
            problem.as_deref(),
            Some("6 records of t/0 are there and none came in for 115 s")
        );
    }

    #[test]
    fn a_consumer_that_has_nothing_to_do_is_fine() {
        assert_eq!(watched(|_| (fine(), ends([10, 100]))), None);
    }

    #[test]
    fn a_consumer_whose_reader_is_behind_is_fine() {
        let full = Vitals {
            is_full: true,
            ..fine()
        };
        assert_eq!(watched(|_| (full.clone(), ends([4, 100]))), None);
        let waits = Vitals {
            waiting: [("t".to_owned(), 0)].into(),
            ..fine()
        };
        assert_eq!(watched(|_| (waits.clone(), ends([4, 100]))), None);
    }

    #[test]
    fn a_reader_that_reads_the_same_again_because_its_database_is_away_is_fine() {
        // Read, and back to where it was: seen at either place.
        let problem = watched(|number| (fine(), ends([4 + number % 2, 100])));
        assert_eq!(problem, None);
    }

    #[test]
    fn partitions_of_others_are_none_of_its_business() {
        let outside = Vitals {
            is_member: false,
            ..fine()
        };
        assert_eq!(watched(|_| (outside.clone(), ends([4, 0]))), None);
        let moved = |number| {
            let mut ends = ends([4, 100]);
            if number == 20 {
                ends.partitions.remove(0);
            }
            (fine(), ends)
        };
        assert_eq!(watched(moved), None, "it was away meanwhile");
    }
}
