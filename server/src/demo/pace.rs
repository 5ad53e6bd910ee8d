//! How fast a demonstration goes.

use std::ops::Range;
use std::time::Duration;

/// How long things last. Each time is drawn between two bounds, so that nothing happens in step.
#[derive(Debug, Clone)]
pub struct Pace {
    /// How long a restless device is there.
    pub there: Range<Duration>,
    /// How long it is away.
    pub away: Range<Duration>,
    /// How long until a device has news.
    pub news: Range<Duration>,
    /// In how long all have come for the first time.
    pub gathering: Duration,
}

impl Pace {
    /// As people can follow it. A link that changed more often than five times a minute would look like a certificate
    /// that several hosts share.
    pub fn human() -> Self {
        let seconds = |from, to| Duration::from_secs(from)..Duration::from_secs(to);
        Self {
            there: seconds(25, 90),
            away: seconds(8, 30),
            news: seconds(15, 60),
            gathering: Duration::from_secs(3),
        }
    }

    /// When a device of so many comes for the first time.
    pub(super) fn arrival(&self, number: u16, size: u16) -> Duration {
        self.gathering * u32::from(number) / u32::from(size.max(1))
    }
}

/// A time between two bounds.
pub(super) fn drawn(bounds: &Range<Duration>) -> Duration {
    let width = bounds.end.saturating_sub(bounds.start);
    bounds.start + width.mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_within_their_bounds_and_devices_come_one_after_the_other() {
        let pace = Pace::human();
        for _ in 0..100 {
            assert!(pace.away.contains(&drawn(&pace.away)));
        }
        let arrivals: Vec<_> = (0..10).map(|number| pace.arrival(number, 10)).collect();
        assert!(arrivals.is_sorted() && arrivals[9] < pace.gathering);
    }

    #[test]
    fn no_link_changes_as_often_as_a_shared_certificate_would() {
        let pace = Pace::human();
        let round = pace.there.start + pace.away.start;
        assert!(2.0 * 60.0 / round.as_secs_f64() < 5.0);
    }
}
