//! Chance for waits, so that many clients do not come back in step.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Between 0 and 1. A hasher's random key is all the chance that is needed.
pub(crate) fn random() -> f64 {
    let bits = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(bits >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}
