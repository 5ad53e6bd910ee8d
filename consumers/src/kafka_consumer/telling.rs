//! Events as records, and marks that something was told: shared by what tells of connections and of messages.

use bytes::Bytes;
use connector_domain::event::CloudEvent;
use connector_domain::id::ClientId;
use connector_domain::port::{OutgoingRecord, StoreError};
use serde::Serialize;
use tracing::error;

use super::setback::Setback;

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
