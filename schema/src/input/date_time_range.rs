//! `DateTimeRange`.

use async_graphql::InputObject;
use connector_domain::connection::StampRange;

use crate::scalar::DateTime;

/// Half-open span of time: `from` is in, `to` is not.
#[derive(InputObject)]
pub struct DateTimeRange {
    /// Start, included.
    pub from: Option<DateTime>,
    /// End, not included.
    pub to: Option<DateTime>,
}

impl From<DateTimeRange> for StampRange {
    fn from(range: DateTimeRange) -> Self {
        Self {
            from: range.from.map(|time| time.0),
            to: range.to.map(|time| time.0),
        }
    }
}
