//! Quantiles of a few times, and how they are written.

use std::time::Duration;

/// The time that this share of all took at most.
pub fn quantile(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "a place in a short list"
    )]
    let place = (times.len() as f64 * share) as usize;
    let last = times.len().saturating_sub(1);
    times.get(place.min(last)).copied().unwrap_or_default()
}

/// Milliseconds, as short as they can be read.
pub fn millis(millis: f64) -> String {
    if millis < 10.0 {
        format!("{millis:.1} ms")
    } else {
        format!("{millis:.0} ms")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_all_took_no_longer() {
        let mut times: Vec<_> = (1..=100).rev().map(Duration::from_millis).collect();
        assert_eq!(quantile(&mut times, 0.5).as_millis(), 51);
        assert_eq!(quantile(&mut times, 1.0).as_millis(), 100);
        assert_eq!(quantile(&mut [], 0.5), Duration::ZERO);
        assert_eq!(
            (millis(1.234), millis(123.4)),
            ("1.2 ms".to_owned(), "123 ms".to_owned())
        );
    }
}
