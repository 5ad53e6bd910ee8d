//! How long to wait before connecting again.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(10);

/// A connection that lived this long was a good one: the next wait is short again. Less would let two clients with one
/// client id throw each other out without pause.
pub(super) const GOOD: Duration = Duration::from_secs(10);

/// Doubles from 100 ms to 10 s; each wait is drawn between half of it and all of it, so that many clients do not come
/// back in step.
#[derive(Debug)]
pub(super) struct Backoff {
    next: Duration,
}

impl Backoff {
    pub(super) fn new() -> Self {
        Self { next: FIRST }
    }

    /// The next wait.
    pub(super) fn wait(&mut self) -> Duration {
        let longest = self.next;
        self.next = (longest * 2).min(LONGEST);
        longest.mul_f64(0.5 + 0.5 * random())
    }

    /// The connection was good.
    pub(super) fn reset(&mut self) {
        self.next = FIRST;
    }
}

/// Between 0 and 1. A hasher's random key is all the chance that is needed.
fn random() -> f64 {
    let bits = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(bits >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_ten_seconds_and_start_again_after_a_good_connection() {
        let mut backoff = Backoff::new();
        let first = backoff.wait();
        assert!((FIRST / 2..=FIRST).contains(&first));
        for _ in 0..10 {
            backoff.wait();
        }
        assert!((LONGEST / 2..=LONGEST).contains(&backoff.wait()));
        backoff.reset();
        assert!(backoff.wait() <= FIRST);
    }
}
