//! Times as gauges show them. A time rather than an age: it stays right while whoever sets it waits.

use connector_domain::stamp::Stamp;

/// Seconds since 1970; 0 for none.
#[allow(
    clippy::cast_precision_loss,
    reason = "a gauge of seconds needs no more"
)]
pub(crate) fn seconds(at: Option<Stamp>) -> f64 {
    at.map_or(0.0, |at| at.as_nanos() as f64 / 1e9)
}
