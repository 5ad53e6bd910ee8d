//! How long things take.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hdrhistogram::Histogram;

/// Significant digits kept: enough for percentiles, and a histogram stays at some 20 KB.
const DIGITS: u8 = 2;

/// Ten minutes; what takes longer counts as that.
const LONGEST_MICROS: u64 = 600_000_000;

/// Times of one sort, e.g. from the first sending of a message to its acknowledgement, resending included.
pub struct Latencies {
    micros: Mutex<Histogram<u64>>,
}

/// What [`Latencies`] say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// How many there are.
    pub count: u64,
    /// Half took no longer.
    pub p50: Duration,
    /// 90 of 100 took no longer.
    pub p90: Duration,
    /// 99 of 100 took no longer.
    pub p99: Duration,
    /// 999 of 1000 took no longer.
    pub p999: Duration,
    /// The longest.
    pub max: Duration,
}

impl Default for Latencies {
    fn default() -> Self {
        Self::new()
    }
}

impl Latencies {
    /// None so far.
    pub fn new() -> Self {
        let histogram = Histogram::new_with_bounds(1, LONGEST_MICROS, DIGITS)
            .expect("these bounds and up to five digits are valid");
        Self {
            micros: Mutex::new(histogram),
        }
    }

    /// One more.
    pub fn record(&self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        self.micros().saturating_record(micros);
    }

    /// What was recorded since the last call.
    pub fn take(&self) -> Summary {
        let mut micros = self.micros();
        let at = |quantile| Duration::from_micros(micros.value_at_quantile(quantile));
        let summary = Summary {
            count: micros.len(),
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            p999: at(0.999),
            max: Duration::from_micros(micros.max()),
        };
        micros.reset();
        summary
    }

    fn micros(&self) -> MutexGuard<'_, Histogram<u64>> {
        self.micros.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_summary_tells_of_what_came_since_the_last() {
        let latencies = Latencies::new();
        for millis in 1..=100 {
            latencies.record(Duration::from_millis(millis));
        }
        let summary = latencies.take();
        assert_eq!(summary.count, 100);
        assert_eq!(summary.p50.as_millis(), 50, "{summary:?}");
        assert!(summary.max >= Duration::from_millis(100));
        assert_eq!(latencies.take(), Summary::default());
    }
}
