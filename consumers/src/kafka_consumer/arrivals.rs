//! Messages from devices: stored, told and marked told. Part of the fourth step.

use std::collections::BTreeSet;

use connector_domain::event::message_moved;
use connector_domain::id::MessageKey;
use connector_domain::message::{Arrival, Moved};
use connector_domain::port::{IncomingRecord, StoreError, StoredArrival};
use tracing::error;

use super::batch::Arrived;
use super::setback::Setback;
use super::telling::{self, Stored, event_record, marked_or_logged};
use super::{Options, Ports};
use crate::log_writer::deliver;
use crate::rejection::Rejection;

/// What storing all arrivals did.
#[derive(Default)]
pub(super) struct AllStored<'a> {
    /// To be told, in the order stored; each step once.
    untold: Vec<Moved>,
    /// Message and sequence number of these.
    keys: BTreeSet<(MessageKey, i64)>,
    /// Steps that were not there before.
    new_steps: usize,
    /// Whether the message of a record was new.
    pub(super) outcomes: Vec<(&'a IncomingRecord, bool)>,
    /// Records that the database does not take.
    pub(super) refused: Vec<(&'a IncomingRecord, Rejection)>,
}

impl<'a> AllStored<'a> {
    /// For the books.
    pub(super) fn stored(&self) -> Stored {
        Stored {
            new: self.new_steps,
            untold: self.untold.len(),
        }
    }

    fn add(&mut self, record: &'a IncomingRecord, stored: StoredArrival) {
        self.outcomes.push((record, stored.new));
        if stored.new {
            self.new_steps += stored.unpublished.len();
        }
        for moved in stored.unpublished {
            let key = (moved.message.key(), moved.transition.seq);
            if self.keys.insert(key) {
                self.untold.push(moved);
            }
        }
    }
}

/// Stores the arrivals; what was done is in `all`, also when the rest fails. When the database refuses a value, halves them
/// until what it refuses is alone.
pub(super) async fn store<'a>(
    ports: &Ports,
    arrived: Vec<Arrived<'a>>,
    all: &mut AllStored<'a>,
) -> Result<(), StoreError> {
    let mut left = vec![arrived];
    while let Some(mut part) = left.pop() {
        if part.is_empty() {
            continue;
        }
        let arrivals: Vec<Arrival> = part.iter().map(|one| one.arrival.clone()).collect();
        match ports.messages.arrive(ports.scope, &arrivals).await {
            Ok(stored) => {
                for (one, stored) in part.iter().zip(stored) {
                    count(&one.arrival, stored.new);
                    all.add(one.record, stored);
                }
            }
            Err(error @ StoreError::Unavailable(_)) => return Err(error),
            Err(_) if part.len() > 1 => {
                let second = part.split_off(part.len() / 2);
                left.extend([second, part]);
            }
            Err(error) => {
                if let StoreError::Unreadable(problem) = &error {
                    error!(problem, "a stored message cannot be read");
                }
                let rejection = Rejection::refused(&error);
                all.refused
                    .extend(part.into_iter().map(|one| (one.record, rejection.clone())));
            }
        }
    }
    Ok(())
}

/// Tells every untold step and marks it told.
pub(super) async fn tell(
    ports: &Ports,
    options: &Options,
    all: AllStored<'_>,
) -> Result<(), Setback> {
    if all.untold.is_empty() {
        return Ok(());
    }
    let topic = &options.topics.message_events;
    let told: Vec<(MessageKey, i64)> = all.keys.into_iter().collect();
    let records = all.untold.iter().filter_map(|moved| {
        let event = message_moved(moved);
        event_record(topic, &moved.message.client_id, &event)
    });
    deliver(ports.log.as_ref(), records.collect()).await?;
    marked_or_logged(ports.messages.mark_published(ports.scope, &told).await)?;
    telling::told(topic, told.len());
    Ok(())
}

fn count(arrival: &Arrival, new: bool) {
    let outcome = if new { "stored" } else { "repeated" };
    metrics::counter!(
        "connector_arrivals_total",
        "kind" => arrival.kind.as_str(),
        "outcome" => outcome,
    )
    .increment(1);
}
