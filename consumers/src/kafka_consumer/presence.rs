//! Connection records: applied, told and marked told. Part of the fourth step.

use std::collections::BTreeMap;

use connector_domain::connection::{Connection, DeviceBatch, DeviceInput, Outcome, Status};
use connector_domain::event::connection_changed;
use connector_domain::id::ClientId;
use connector_domain::port::{Applied, ConnectionLedger, RecordedChange, StoreError};
use connector_domain::scope::IngestScope;
use connector_domain::stamp::Position;
use tokio::time::Instant;
use tracing::error;

use super::setback::Setback;
use super::state_topic::{keep_newest, state_records};
use super::telling::{self, Stored, event_record, marked_or_logged};
use super::{Options, Ports, ownership};
use crate::log_writer::deliver;
use crate::rejection::Rejection;

/// What applying all devices did.
#[derive(Default)]
pub(super) struct AllApplied {
    /// What became of the records that the database took.
    pub(super) outcomes: Vec<(Position, Outcome)>,
    /// To be told, by device and version.
    untold: BTreeMap<(ClientId, i64), RecordedChange>,
    /// The devices of `untold` as they are now.
    changed: BTreeMap<ClientId, Connection>,
    /// Records that the database does not take.
    pub(super) refused: Vec<(Position, Rejection)>,
}

/// Applies the devices; what was done is in `all`, also when the rest fails. When the database refuses a value, halves
/// them, and then the records of one device, until what it refuses is alone; the rest is applied in its order. Of a
/// refused online message the sign of life still counts.
pub(super) async fn apply(
    connections: &dyn ConnectionLedger,
    scope: IngestScope,
    devices: Vec<DeviceBatch>,
    all: &mut AllApplied,
) -> Result<(), StoreError> {
    let mut left = vec![devices];
    while let Some(part) = left.pop() {
        if part.is_empty() {
            continue;
        }
        let started = Instant::now();
        let applied = connections.apply(scope, &part).await;
        metrics::histogram!("connector_kafka_apply_seconds").record(started.elapsed());
        match applied {
            Ok(applied) => all.add(&part, applied),
            Err(error @ StoreError::Unavailable(_)) => return Err(error),
            Err(error) => match halves(part) {
                Halves::Two(first, second) => left.extend([second, first]),
                Halves::Alone(device) => left.extend(all.refuse(&device, &error)),
            },
        }
    }
    Ok(())
}

enum Halves {
    Two(Vec<DeviceBatch>, Vec<DeviceBatch>),
    Alone(DeviceBatch),
}

fn halves(mut part: Vec<DeviceBatch>) -> Halves {
    if part.len() > 1 {
        let second = part.split_off(part.len() / 2);
        return Halves::Two(part, second);
    }
    match part.pop() {
        Some(mut device) if device.records.len() > 1 => {
            let later = device.records.split_off(device.records.len() / 2);
            let second = DeviceBatch {
                records: later,
                ..device.clone()
            };
            Halves::Two(vec![device], vec![second])
        }
        Some(device) => Halves::Alone(device),
        None => Halves::Two(Vec::new(), Vec::new()),
    }
}

impl AllApplied {
    /// For the books: every change of what anybody can see is an event.
    pub(super) fn stored(&self) -> Stored {
        let changed = |(_, outcome): &&(Position, Outcome)| *outcome == Outcome::Changed;
        Stored {
            new: self.outcomes.iter().filter(changed).count(),
            untold: self.untold.len(),
        }
    }

    fn add(&mut self, part: &[DeviceBatch], applied: Applied) {
        for (device, outcomes) in part.iter().zip(&applied.outcomes) {
            for (record, outcome) in device.records.iter().zip(outcomes) {
                count(&record.input, *outcome);
                self.outcomes.push((record.position, *outcome));
            }
        }
        for change in applied.unpublished {
            self.untold
                .insert((change.client_id.clone(), change.change.version), change);
        }
        for connection in applied.changed {
            self.changed
                .insert(connection.client_id.clone(), connection);
        }
    }

    /// Notes a record that the database does not take; what is left of it to apply.
    fn refuse(&mut self, device: &DeviceBatch, error: &StoreError) -> Option<Vec<DeviceBatch>> {
        let record = device.records.first()?;
        if let StoreError::Unreadable(problem) = error {
            error!(client.id = %device.client_id, problem, "a stored connection cannot be read");
        }
        if self
            .refused
            .iter()
            .any(|(position, _)| *position == record.position)
        {
            return None;
        }
        self.refused
            .push((record.position, Rejection::refused(error)));
        let online = matches!(
            record.input,
            DeviceInput::Status {
                status: Status::Online(_),
                ..
            }
        );
        online.then(|| {
            let mut alive = device.clone();
            for record in &mut alive.records {
                record.input = DeviceInput::SignOfLife;
            }
            vec![alive]
        })
    }
}

/// Tells every untold change in the order of versions, then the records as they are now, and marks the changes told.
pub(super) async fn tell(ports: &Ports, options: &Options, all: AllApplied) -> Result<(), Setback> {
    if all.untold.is_empty() {
        return Ok(());
    }
    let told: Vec<(ClientId, i64)> = all.untold.keys().cloned().collect();
    let topics = &options.topics;
    let mut records = Vec::with_capacity(told.len() + all.changed.len());
    for (_, RecordedChange { client_id, change }) in all.untold {
        ownership::note(&change);
        let event = connection_changed(change);
        records.extend(event_record(&topics.connection_events, &client_id, &event));
    }
    records.extend(state_records(&topics.connection_state, &all.changed));
    deliver(ports.log.as_ref(), records).await?;
    keep_newest(ports, &topics.connection_state, all.changed).await?;
    let marked = ports.connections.mark_published(ports.scope, &told).await;
    marked_or_logged(marked)?;
    telling::told(&topics.connection_events, told.len());
    Ok(())
}

fn count(input: &DeviceInput, outcome: Outcome) {
    let kind = match input {
        DeviceInput::Status {
            status: Status::Online(_),
            ..
        } => "online",
        DeviceInput::Status {
            status: Status::Offline(_),
            ..
        } => "offline",
        DeviceInput::SignOfLife => "sign-of-life",
        DeviceInput::Signal(signal) => signal.kind.as_str(),
    };
    let outcome = match outcome {
        Outcome::Changed => "changed",
        Outcome::Noted => "noted",
        Outcome::Replayed => "replayed",
        Outcome::Duplicate => "duplicate",
        Outcome::Outdated => "outdated",
    };
    metrics::counter!("connector_connection_records_total", "kind" => kind, "outcome" => outcome)
        .increment(1);
}
