//! Where a dead letter is.

use std::fmt;
use std::str::FromStr;

use connector_domain::port::IncomingRecord;

/// Partition and offset in the dead-letter topic; written `3/17`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Partition.
    pub partition: i32,
    /// Offset.
    pub offset: i64,
}

/// A text is not a place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not PARTITION/OFFSET, e.g. 3/17")]
pub struct InvalidPlace(String);

impl Place {
    pub(super) fn of(record: &IncomingRecord) -> Self {
        Self {
            partition: record.partition,
            offset: record.offset,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.partition, self.offset)
    }
}

impl FromStr for Place {
    type Err = InvalidPlace;

    fn from_str(text: &str) -> Result<Self, InvalidPlace> {
        let parts = text
            .split_once('/')
            .and_then(|(partition, offset)| Some((partition.parse().ok()?, offset.parse().ok()?)));
        match parts {
            Some((partition, offset)) if partition >= 0 && offset >= 0 => {
                Ok(Self { partition, offset })
            }
            _ => Err(InvalidPlace(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_is_written() {
        let place: Place = "3/17".parse().expect("valid");
        assert_eq!(place.to_string(), "3/17");
        for text in ["", "3", "3/", "/17", "-1/17", "3/-1", "3/17/2", "a/b"] {
            assert!(text.parse::<Place>().is_err(), "{text:?}");
        }
    }
}
