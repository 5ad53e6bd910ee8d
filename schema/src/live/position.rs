//! A place in the events topics: the next offset of every partition. Written as base64url of a version byte, the log's
//! id and the offsets as variable-length numbers, so that it stays short in every event.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const VERSION: u8 = 1;

/// More partitions than any cursor of ours has.
const MOST_PARTITIONS: u64 = 100_000;

/// A place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Position {
    /// Names the log the offsets belong to.
    pub log_id: Arc<str>,
    /// Next offset per partition, those of the first topic first.
    pub next: Vec<i64>,
}

/// Not a cursor this crate wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotACursor;

impl Position {
    pub fn encode(&self) -> String {
        let mut bytes = vec![VERSION];
        put(&mut bytes, self.log_id.len() as u64);
        bytes.extend_from_slice(self.log_id.as_bytes());
        put(&mut bytes, self.next.len() as u64);
        for offset in &self.next {
            put(&mut bytes, u64::try_from(*offset).unwrap_or(0));
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

pub(super) fn decode(cursor: &str) -> Result<Position, NotACursor> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| NotACursor)?;
    read(&bytes).ok_or(NotACursor)
}

fn read(bytes: &[u8]) -> Option<Position> {
    let (version, mut rest) = bytes.split_first()?;
    if *version != VERSION {
        return None;
    }
    let length = usize::try_from(take(&mut rest)?).ok()?;
    let (log_id, after) = rest.split_at_checked(length)?;
    rest = after;
    let count = take(&mut rest).filter(|count| *count <= MOST_PARTITIONS)?;
    let mut next = Vec::new();
    for _ in 0..count {
        next.push(i64::try_from(take(&mut rest)?).ok()?);
    }
    rest.is_empty().then_some(Position {
        log_id: Arc::from(std::str::from_utf8(log_id).ok()?),
        next,
    })
}

/// LEB128.
fn put(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let low = u8::try_from(number & 0x7f).unwrap_or(0);
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..63).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_position_comes_back_and_garbage_does_not() {
        let position = Position {
            log_id: Arc::from("log-1"),
            next: vec![0, 127, 128, i64::MAX],
        };
        assert_eq!(decode(&position.encode()), Ok(position));
        for text in ["", "AA", "AQ", "AQH_", "not base64!", "AQABgICAgICAgICAgAE"] {
            assert_eq!(decode(text), Err(NotACursor), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_position_comes_back(log_id in any::<String>(), next in prop::collection::vec(0..=i64::MAX, 0..100)) {
            let position = Position {
                log_id: Arc::from(log_id),
                next,
            };
            prop_assert_eq!(decode(&position.encode()), Ok(position));
        }

        #[test]
        fn any_text_is_a_position_or_none(text in any::<String>(), mut bytes in any::<Vec<u8>>()) {
            let _ = decode(&text);
            bytes.insert(0, VERSION);
            if let Ok(position) = decode(&URL_SAFE_NO_PAD.encode(bytes)) {
                prop_assert_eq!(decode(&position.encode()), Ok(position));
            }
        }
    }
}
