//! What a rebuild shares with the consumer: the same reading of records and the same rules, with nobody told.

use connector_domain::block::Blocks;
use connector_domain::connection::{DeviceBatch, DeviceInput, DeviceRecord};
use connector_domain::id::ClientId;
use connector_domain::port::{BlockReader, ConnectionLedger, IncomingRecord, StoreError};
use connector_domain::scope::IngestScope;
use connector_domain::stamp::Stamp;
use connector_domain::wire::{Channel, TopicPrefix};

use super::blocked;
use super::decode::{Decoded, decode, position};
use super::handler;
use super::presence::{self, AllApplied};

/// The blocks of whoever is in a batch.
pub(crate) async fn blocks(
    reader: &dyn BlockReader,
    records: &[IncomingRecord],
) -> Result<Blocks, StoreError> {
    blocked::of(reader, records).await
}

/// What a record of the control topic means for the record of its device, if anything.
pub(crate) fn control_record(
    record: &IncomingRecord,
    prefix: &TopicPrefix,
    blocks: &Blocks,
) -> Option<(ClientId, DeviceRecord)> {
    let (client_id, input) = match decode(record, Channel::Control, prefix).ok()? {
        Decoded::Message(message) => {
            let meaning = blocked::judge(&message, handler::dispatch(&message), blocks);
            let input = meaning.input?;
            (message.client_id, input)
        }
        Decoded::Signal { client_id, signal } => (client_id, DeviceInput::Signal(signal)),
    };
    let position = position(record);
    Some((client_id, DeviceRecord { position, input }))
}

/// Who was heard, and when, by a record of the data topic.
pub(crate) fn heard(
    record: &IncomingRecord,
    prefix: &TopicPrefix,
    blocks: &Blocks,
) -> Option<(ClientId, Stamp)> {
    let Ok(Decoded::Message(message)) = decode(record, Channel::Data, prefix) else {
        return None;
    };
    let meaning = blocked::judge(&message, handler::dispatch(&message), blocks);
    meaning.input?;
    Some((message.client_id, message.position.stamp))
}

/// Applies devices as the consumer does; how many records the database does not take.
pub(crate) async fn apply(
    connections: &dyn ConnectionLedger,
    scope: IngestScope,
    devices: Vec<DeviceBatch>,
) -> Result<usize, StoreError> {
    let mut all = AllApplied::default();
    presence::apply(connections, scope, devices, &mut all).await?;
    Ok(all.refused.len())
}
