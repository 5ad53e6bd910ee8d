//! The compacted topic that keeps the newest record of every device, for a rebuild.

use std::collections::BTreeMap;

use bytes::Bytes;
use connector_domain::connection::Connection;
use connector_domain::id::ClientId;
use connector_domain::port::OutgoingRecord;
use tracing::error;

use super::Ports;
use super::setback::Setback;
use super::telling::found;
use crate::log_writer::deliver;

/// Looks whether what was written last of a device is still its record, and writes it again where it is not.
///
/// Partitions may have gone to another consumer since the records were read, which may have told newer ones before ours
/// were told. Of each device the compacted topic keeps what was told last, so that must be the newest: whoever tells
/// last looks last, and sees what was committed before.
pub(super) async fn keep_newest(
    ports: &Ports,
    topic: &str,
    mut told: BTreeMap<ClientId, Connection>,
) -> Result<(), Setback> {
    while !told.is_empty() {
        let client_ids: Vec<ClientId> = told.keys().cloned().collect();
        let Some(stored) = found(ports, &client_ids).await? else {
            return Ok(());
        };
        let is_newer = |stored: &Connection| {
            let told = told.get(&stored.client_id);
            told.is_some_and(|told| stored.version > told.version)
        };
        told = stored
            .into_iter()
            .filter(is_newer)
            .map(|stored| (stored.client_id.clone(), stored))
            .collect();
        let records = state_records(topic, &told).collect();
        deliver(ports.log.as_ref(), records).await?;
    }
    Ok(())
}

/// The records of the topic.
pub(super) fn state_records<'a>(
    topic: &'a str,
    connections: &'a BTreeMap<ClientId, Connection>,
) -> impl Iterator<Item = OutgoingRecord> + 'a {
    let connections = connections.values();
    connections.filter_map(move |connection| state_record(topic, connection))
}

fn state_record(topic: &str, connection: &Connection) -> Option<OutgoingRecord> {
    let value = match serde_json::to_vec(connection) {
        Ok(value) => value,
        Err(error) => {
            error!(client.id = %connection.client_id, %error, "a connection cannot be written as JSON");
            return None;
        }
    };
    Some(OutgoingRecord {
        topic: topic.to_owned(),
        key: Some(Bytes::copy_from_slice(
            connection.client_id.as_str().as_bytes(),
        )),
        headers: vec![("content-type", "application/json".to_owned())],
        value: Some(Bytes::from(value)),
    })
}
