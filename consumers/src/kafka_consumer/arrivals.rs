//! Messages from devices: stored, told and marked told. Part of the fourth step.

use std::collections::BTreeSet;

use connector_domain::event::message_moved;
use connector_domain::id::MessageKey;
use connector_domain::message::{Arrival, Moved};
use connector_domain::port::{IncomingRecord, StoreError};
use tracing::error;

use super::batch::Arrived;
use super::setback::Setback;
use super::telling::{event_record, marked_or_logged};
use super::{Options, Ports};
use crate::log_writer::deliver;
use crate::rejection::Rejection;

/// What storing all arrivals did.
#[derive(Default)]
pub(super) struct AllStored<'a> {
    untold: Vec<Moved>,
    /// Records that the database does not take.
    pub(super) refused: Vec<(&'a IncomingRecord, Rejection)>,
}

/// Stores the arrivals. When the database refuses a value, halves them until what it refuses is alone.
pub(super) async fn store<'a>(
    ports: &Ports,
    arrived: Vec<Arrived<'a>>,
) -> Result<AllStored<'a>, StoreError> {
    let mut all = AllStored::default();
    let mut left = vec![arrived];
    while let Some(mut part) = left.pop() {
        if part.is_empty() {
            continue;
        }
        let arrivals: Vec<Arrival> = part.iter().map(|one| one.arrival.clone()).collect();
        match ports.messages.arrive(ports.scope, &arrivals).await {
            Ok(stored) => {
                for (arrival, stored) in arrivals.iter().zip(stored) {
                    count(arrival, stored.new);
                    all.untold.extend(stored.unpublished);
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
    Ok(all)
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
    let mut told: BTreeSet<(MessageKey, i64)> = BTreeSet::new();
    let mut records = Vec::with_capacity(all.untold.len());
    for moved in &all.untold {
        if !told.insert((moved.message.key(), moved.transition.seq)) {
            continue;
        }
        let event = message_moved(moved);
        let topic = &options.topics.message_events;
        records.extend(event_record(topic, &moved.message.client_id, &event));
    }
    deliver(ports.log.as_ref(), records).await?;
    let told: Vec<_> = told.into_iter().collect();
    marked_or_logged(ports.messages.mark_published(ports.scope, &told).await)
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
