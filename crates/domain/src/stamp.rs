//! When the platform received something, and the order that follows from it.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// How far a stamp may be ahead of its record's own Kafka timestamp before it is not believed.
pub const MAX_LEAD: Duration = Duration::from_mins(1);

/// A moment, in nanoseconds since 1970-01-01T00:00:00Z (reaches the year 2262).
///
/// `date_received` of a record is one; so is every time the platform itself notes. Written as RFC 3339 in UTC
/// with nine digits and a `Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Stamp(i64);

impl Stamp {
    /// From nanoseconds since the epoch.
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// From milliseconds since the epoch, which is what Kafka keeps.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }

    /// Nanoseconds since the epoch.
    pub const fn as_nanos(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339 with any offset. `None` when it is something else, or out of range.
    pub fn parse(text: &str) -> Option<Self> {
        let time = DateTime::parse_from_rfc3339(text).ok()?;
        time.timestamp_nanos_opt().map(Self)
    }

    /// The stamp that decides for a record: its `date_received`, unless that is missing, unreadable or more than
    /// [`MAX_LEAD`] ahead of the record's own Kafka timestamp, which then replaces it. Looking at the record alone
    /// makes a replay decide the same.
    pub fn of_record(date_received: Option<&str>, kafka_timestamp: Self) -> Self {
        match date_received.and_then(Self::parse) {
            Some(stamp) if stamp <= kafka_timestamp.plus(MAX_LEAD) => stamp,
            _ => kafka_timestamp,
        }
    }

    /// Later by `by`; saturates.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(by.as_nanos()).unwrap_or(i64::MAX)),
        )
    }

    /// Earlier by `by`; saturates.
    #[must_use]
    pub fn minus(self, by: Duration) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(by.as_nanos()).unwrap_or(i64::MAX)),
        )
    }

    /// How long before this `earlier` was; zero when it was not.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// As the calendar has it.
    pub fn to_datetime(self) -> DateTime<Utc> {
        DateTime::from_timestamp_nanos(self.0)
    }
}

impl From<DateTime<Utc>> for Stamp {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.timestamp_nanos_opt().unwrap_or(i64::MAX))
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            &self
                .to_datetime()
                .to_rfc3339_opts(SecondsFormat::Nanos, true),
        )
    }
}

impl Serialize for Stamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an RFC 3339 time"))
    }
}

/// Where a record stands in a device's order: by stamp, and by offset between equal stamps. The partition is kept
/// for diagnosis and takes no part, since Kafka may be recreated with other partitions while the database stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// When we received it.
    pub stamp: Stamp,
    /// Kafka partition.
    pub partition: i32,
    /// Kafka offset.
    pub offset: i64,
}

impl Ord for Position {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.stamp, self.offset).cmp(&(other.stamp, other.offset))
    }
}

impl PartialOrd for Position {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_written_as_the_existing_service_writes_it() {
        let stamp = Stamp::parse("2026-11-24T11:15:30.5+01:00").expect("valid");
        assert_eq!(stamp.to_string(), "2026-11-24T10:15:30.500000000Z");
    }

    #[test]
    fn a_stamp_from_the_future_missing_or_unreadable_gives_way_to_the_records_timestamp() {
        let kafka = Stamp::parse("2026-11-24T10:00:00Z").expect("valid");
        let near = Stamp::of_record(Some("2026-11-24T10:01:00Z"), kafka);
        assert_eq!(near, kafka.plus(MAX_LEAD));
        for text in [
            Some("2026-11-24T10:01:00.000000001Z"),
            Some("9999-01-01T00:00:00Z"),
            Some("yesterday"),
            None,
        ] {
            assert_eq!(Stamp::of_record(text, kafka), kafka, "{text:?}");
        }
    }

    #[test]
    fn an_offset_counts_only_between_equal_stamps() {
        let at = |stamp, offset| Position {
            stamp: Stamp::from_nanos(stamp),
            partition: 0,
            offset,
        };
        assert!(at(2, 0) > at(1, 9));
        assert!(at(1, 9) > at(1, 8));
    }
}
