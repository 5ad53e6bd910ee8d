//! Events as records, and marks that something was told: shared by what tells of connections and of messages.
//!
//! `connector_events_stored_total` = `connector_events_told_total` + `connector_events_untold`, per topic and summed over
//! the consumers: what one stored and could not tell, another tells when it reads the records again.

use bytes::Bytes;
use connector_domain::connection::Connection;
use connector_domain::event::CloudEvent;
use connector_domain::id::ClientId;
use connector_domain::port::{OutgoingRecord, StoreError};
use serde::Serialize;
use tracing::error;

use super::Ports;
use super::setback::Setback;

/// What the database committed, to be told on a topic.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stored {
    /// Events that are new.
    pub(super) new: usize,
    /// Events that are not told, new or not.
    pub(super) untold: usize,
}

/// Counts what was committed.
pub(super) fn stored(topic: &str, stored: Stored) {
    metrics::counter!("connector_events_stored_total", "topic" => topic.to_owned())
        .increment(stored.new as u64);
    untold(topic, stored.untold);
}

/// Counts what is told and marked.
pub(super) fn told(topic: &str, events: usize) {
    metrics::counter!("connector_events_told_total", "topic" => topic.to_owned())
        .increment(events as u64);
    untold(topic, 0);
}

#[allow(clippy::cast_precision_loss, reason = "a gauge needs no more")]
fn untold(topic: &str, events: usize) {
    metrics::gauge!("connector_events_untold", "topic" => topic.to_owned()).set(events as f64);
}

/// The record of an event; `None`, and an error in the log, where it cannot be written.
pub(super) fn event_record<T: Serialize>(
    topic: &str,
    client_id: &ClientId,
    event: &CloudEvent<T>,
) -> Option<OutgoingRecord> {
    let value = match serde_json::to_vec(event) {
        Ok(value) => value,
        Err(error) => {
            error!(client.id = %client_id, %error, "an event cannot be written as JSON");
            return None;
        }
    };
    Some(OutgoingRecord {
        topic: topic.to_owned(),
        key: Some(Bytes::copy_from_slice(client_id.as_str().as_bytes())),
        headers: vec![("content-type", "application/cloudevents+json".to_owned())],
        value: Some(Bytes::from(value)),
    })
}

/// The outcome of a write that only spares work later: when the database is away the batch is read again, and a refusal,
/// which reading again does not cure, is logged.
pub(super) fn marked_or_logged(outcome: Result<(), StoreError>) -> Result<(), Setback> {
    match outcome {
        Ok(()) => Ok(()),
        Err(error @ StoreError::Unavailable(_)) => Err(error.into()),
        Err(error) => {
            error!(%error, "the database refuses a mark");
            Ok(())
        }
    }
}

/// The records of these devices. `None`, and an error in the log, when one of them cannot be read, which reading again
/// does not cure.
pub(super) async fn found(
    ports: &Ports,
    client_ids: &[ClientId],
) -> Result<Option<Vec<Connection>>, StoreError> {
    match ports.connections.find(ports.scope, client_ids).await {
        Ok(connections) => Ok(Some(connections)),
        Err(error @ StoreError::Unavailable(_)) => Err(error),
        Err(error) => {
            error!(%error, "connection records cannot be read");
            Ok(None)
        }
    }
}
