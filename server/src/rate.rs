//! How often somebody may do something: the generic cell rate algorithm (GCRA), one time stamp for each key.
//!
//! Ours and not the crate `governor`: the time comes from the domain's clock, one can look without taking, and the
//! number of keys is bounded, whoever makes them up.

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use connector_domain::stamp::Stamp;

/// Most keys remembered; those who do not fit in share one.
const MOST_KEYS: usize = 50_000;
/// Shortest time between two looks for keys to forget.
const FORGET_EVERY: Duration = Duration::from_secs(1);

/// A rate.
#[derive(Debug, Clone, Copy)]
pub struct Quota {
    /// Time for one more.
    interval: Duration,
    /// How much of it may be used ahead.
    tolerance: Duration,
}

impl Quota {
    /// `number` in each `per` on average, and `burst` at once.
    pub fn new(number: NonZeroU32, per: Duration, burst: NonZeroU32) -> Self {
        let interval = (per / number.get()).max(Duration::from_nanos(1));
        Self {
            interval,
            tolerance: interval.saturating_mul(burst.get() - 1),
        }
    }
}

/// A rate for each key.
#[derive(Debug)]
pub struct RateLimiter<K> {
    quota: Quota,
    keys: Mutex<Keys<K>>,
}

#[derive(Debug)]
struct Keys<K> {
    /// When all that a key took is earned again; `None` is the key of those who do not fit in.
    earned: HashMap<Option<K>, Stamp>,
    forgot_at: Stamp,
}

impl<K: Eq + Hash> RateLimiter<K> {
    /// Nobody has taken anything.
    pub fn new(quota: Quota) -> Self {
        Self {
            quota,
            keys: Mutex::new(Keys {
                earned: HashMap::new(),
                forgot_at: Stamp::default(),
            }),
        }
    }

    /// Takes one; the error is how long to wait.
    pub fn take(&self, key: K, now: Stamp) -> Result<(), Duration> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let key = keys.place(key, now);
        let earned = keys.earned.get(&key).copied().unwrap_or_default().max(now);
        self.wait(earned, now).map_or(Ok(()), Err)?;
        keys.earned.insert(key, earned.plus(self.quota.interval));
        Ok(())
    }

    /// How long to wait before one can be taken; `None` when it can be now. Takes nothing.
    pub fn look(&self, key: K, now: Stamp) -> Option<Duration> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let key = keys.place(key, now);
        let earned = keys.earned.get(&key).copied().unwrap_or_default();
        self.wait(earned, now)
    }

    fn wait(&self, earned: Stamp, now: Stamp) -> Option<Duration> {
        let wait = earned
            .since(now)
            .checked_sub(self.quota.tolerance)
            .unwrap_or_default();
        (!wait.is_zero()).then_some(wait)
    }
}

impl<K: Eq + Hash> Keys<K> {
    /// The key to use: its own, or the shared one.
    fn place(&mut self, key: K, now: Stamp) -> Option<K> {
        let key = Some(key);
        if self.earned.len() < MOST_KEYS || self.earned.contains_key(&key) {
            return key;
        }
        if now.since(self.forgot_at) >= FORGET_EVERY {
            self.forgot_at = now;
            self.earned.retain(|_, earned| *earned > now);
        }
        if self.earned.len() < MOST_KEYS {
            key
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn number(number: u32) -> NonZeroU32 {
        NonZeroU32::new(number).expect("not zero")
    }

    fn at(millis: i64) -> Stamp {
        Stamp::from_millis(1_000_000 + millis)
    }

    #[test]
    fn a_burst_is_let_through_then_the_average_and_the_wait_is_told() {
        let limiter = RateLimiter::new(Quota::new(number(10), Duration::from_secs(1), number(3)));
        for _ in 0..3 {
            assert_eq!(limiter.take("a", at(0)), Ok(()));
        }
        assert_eq!(limiter.take("a", at(0)), Err(Duration::from_millis(100)));
        assert_eq!(limiter.look("a", at(40)), Some(Duration::from_millis(60)));
        assert_eq!(limiter.take("a", at(40)), Err(Duration::from_millis(60)));
        assert_eq!(limiter.take("b", at(40)), Ok(()));
        assert_eq!(limiter.look("a", at(100)), None);
        assert_eq!(limiter.take("a", at(100)), Ok(()));
        assert!(limiter.take("a", at(100)).is_err());
        // A long rest earns a burst and no more.
        for _ in 0..3 {
            assert_eq!(limiter.take("a", at(90_000)), Ok(()));
        }
        assert!(limiter.take("a", at(90_000)).is_err());
    }

    #[test]
    fn made_up_keys_take_no_memory_without_bound_and_the_known_keep_their_own() {
        let limiter = RateLimiter::new(Quota::new(number(1), Duration::from_mins(1), number(2)));
        let known = u32::MAX;
        assert_eq!(limiter.take(known, at(0)), Ok(()));
        let taken = (0..100_000).filter(|key| limiter.take(*key, at(0)).is_ok());
        let taken = taken.count();
        assert!(taken <= MOST_KEYS + 1, "{taken}");
        assert!(limiter.keys.lock().expect("whole").earned.len() <= MOST_KEYS + 1);
        assert_eq!(limiter.take(known, at(0)), Ok(()));
        // What is earned again is forgotten.
        assert_eq!(limiter.take(77_777, at(200_000)), Ok(()));
        assert!(limiter.keys.lock().expect("whole").earned.len() < 10);
    }
}
