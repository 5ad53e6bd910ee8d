//! Stamps what arrives: the order of a device's messages for everything after.

use std::sync::Arc;

use connector_domain::clock::Clock;
use connector_domain::port::{LogError, RecordTail, TailItem};
use connector_domain::stamp::Stamp;
use connector_domain::wire::DATE_RECEIVED;

/// Gives strictly increasing stamps, each the time now where that is later than the one before.
pub(crate) struct Stamper {
    clock: Arc<dyn Clock>,
    last: Stamp,
}

impl Stamper {
    /// Every stamp is above `start_above`: the newest that anybody gave before.
    pub(crate) fn new(clock: Arc<dyn Clock>, start_above: Stamp) -> Self {
        Self {
            clock,
            last: start_above,
        }
    }

    pub(crate) fn next(&mut self) -> Stamp {
        let after_last = Stamp::from_nanos(self.last.as_nanos().saturating_add(1));
        self.last = self.clock.now().max(after_last);
        self.last
    }
}

/// The newest stamp among the records that `tail` holds; `None` where it holds none. Open it on both ingress topics,
/// from twice [`connector_domain::stamp::MAX_LEAD`] ago: a stamp is believed only so far ahead of its record's own
/// time, so nothing older can be above the present. Its result is where a new holder's stamps start.
pub async fn newest_stamp(tail: &dyn RecordTail) -> Result<Option<Stamp>, LogError> {
    let mut newest = None;
    while let TailItem::Record(record) = tail.next().await? {
        let stamp = Stamp::of_record(record.header(DATE_RECEIVED), record.timestamp);
        newest = newest.max(Some(stamp));
    }
    Ok(newest)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use connector_domain::clock::Manual;

    use super::*;

    #[test]
    fn stamps_grow_while_the_clock_stands_still_and_start_above_the_newest() {
        let clock = Arc::new(Manual::at(Stamp::from_nanos(100)));
        let mut stamper = Stamper::new(clock.clone(), Stamp::from_nanos(500));
        assert_eq!(stamper.next(), Stamp::from_nanos(501));
        assert_eq!(stamper.next(), Stamp::from_nanos(502));
        clock.advance(Duration::from_nanos(900));
        assert_eq!(stamper.next(), Stamp::from_nanos(1000));
    }
}
