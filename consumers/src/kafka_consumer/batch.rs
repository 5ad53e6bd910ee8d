//! What one poll brought, sorted by what is to be done with it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use connector_domain::block::Blocks;
use connector_domain::connection::{DeviceBatch, DeviceInput, DeviceRecord, Outcome};
use connector_domain::id::ClientId;
use connector_domain::message::Arrival;
use connector_domain::port::IncomingRecord;
use connector_domain::stamp::{Position, Stamp};
use connector_domain::tenant::TenantLookup;
use connector_domain::wire::{Channel, SignalKind};

use super::Options;
use super::blocked;
use super::books::Books;
use super::decode::{Decoded, decode, position};
use super::handler::{self, Meaning};
use crate::rejection::Rejection;

/// When a device was heard on the data channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heard {
    /// The newest of its messages.
    pub(super) stamp: Stamp,
    /// The newest of those that were empty, as the first on a new link is.
    pub(super) connected: Option<Stamp>,
}

/// An arrival and the record it came in.
#[derive(Debug, Clone)]
pub(super) struct Arrived<'a> {
    pub(super) arrival: Arrival,
    pub(super) record: &'a IncomingRecord,
}

/// The work of one poll.
pub(super) struct Batch<'a> {
    options: &'a Options,
    records: &'a [IncomingRecord],
    /// Control records by device, in the order read.
    devices: BTreeMap<ClientId, Vec<DeviceRecord>>,
    /// Devices that spoke, and those that wait for a tenant.
    to_look_up: BTreeSet<ClientId>,
    /// Where a control record came from, by partition and offset.
    sources: HashMap<(i32, i64), &'a IncomingRecord>,
    /// Who was heard on the data channel.
    pub(super) heard: BTreeMap<ClientId, Heard>,
    /// Messages to store, in the order read.
    pub(super) arrived: Vec<Arrived<'a>>,
    /// What has become of each record so far.
    pub(super) books: Books<'a>,
}

impl<'a> Batch<'a> {
    /// Decodes and dispatches every record.
    pub(super) fn sort(
        records: &'a [IncomingRecord],
        options: &'a Options,
        blocks: &Blocks,
    ) -> Self {
        let mut batch = Self {
            options,
            records,
            devices: BTreeMap::new(),
            to_look_up: BTreeSet::new(),
            sources: HashMap::new(),
            heard: BTreeMap::new(),
            arrived: Vec::new(),
            books: Books::default(),
        };
        for record in records {
            batch.add(record, blocks);
        }
        batch
    }

    fn add(&mut self, record: &'a IncomingRecord, blocks: &Blocks) {
        let channel = if record.topic == self.options.topics.data {
            Channel::Data
        } else {
            Channel::Control
        };
        match decode(record, channel, &self.options.topic_prefix) {
            Ok(Decoded::Message(message)) => {
                let meaning = blocked::judge(&message, handler::dispatch(&message), blocks);
                let connected = message.payload.is_empty();
                self.take(record, message.client_id, channel, connected, meaning);
            }
            Ok(Decoded::Signal { client_id, signal }) => {
                if signal.kind == SignalKind::TenantDue {
                    self.to_look_up.insert(client_id.clone());
                }
                self.note(record, client_id, DeviceInput::Signal(signal));
            }
            Err(rejection) => self.books.set_aside(record, rejection),
        }
    }

    fn take(
        &mut self,
        record: &'a IncomingRecord,
        client_id: ClientId,
        channel: Channel,
        connected: bool,
        meaning: Meaning,
    ) {
        if let Some(rejection) = meaning.rejection {
            self.books.set_aside(record, rejection);
        }
        if let Some(arrival) = meaning.arrival {
            self.arrived.push(Arrived { arrival, record });
        }
        match (channel, meaning.input) {
            (_, None) => {}
            (Channel::Control, Some(input)) => {
                self.to_look_up.insert(client_id.clone());
                self.note(record, client_id, input);
            }
            (Channel::Data, Some(_)) => self.hear(client_id, position(record), connected),
        }
    }

    fn note(&mut self, record: &'a IncomingRecord, client_id: ClientId, input: DeviceInput) {
        let position = position(record);
        self.sources
            .insert((record.partition, record.offset), record);
        self.devices
            .entry(client_id)
            .or_default()
            .push(DeviceRecord { position, input });
    }

    fn hear(&mut self, client_id: ClientId, position: Position, connected: bool) {
        let stamp = position.stamp;
        let heard = self.heard.entry(client_id).or_insert(Heard {
            stamp,
            connected: None,
        });
        heard.stamp = heard.stamp.max(stamp);
        if connected {
            heard.connected = heard.connected.max(Some(stamp));
        }
    }

    /// Devices whose tenant is to be looked up: other signals need none.
    pub(super) fn to_look_up(&self) -> Vec<ClientId> {
        self.to_look_up.iter().cloned().collect()
    }

    /// The batches of the devices, ordered by client id. `tenants` answers [`Self::to_look_up`].
    pub(super) fn take_devices(&mut self, tenants: Vec<TenantLookup>) -> Vec<DeviceBatch> {
        let mut tenants: HashMap<ClientId, TenantLookup> =
            self.to_look_up.iter().cloned().zip(tenants).collect();
        std::mem::take(&mut self.devices)
            .into_iter()
            .map(|(client_id, records)| DeviceBatch {
                tenant: tenants
                    .remove(&client_id)
                    .unwrap_or(TenantLookup::Unavailable),
                client_id,
                records,
            })
            .collect()
    }

    /// Sets the control record at `position` aside.
    pub(super) fn set_aside_control(&mut self, position: Position, rejection: Rejection) {
        if let Some(record) = self.control_record(position) {
            self.books.set_aside(record, rejection);
        }
    }

    /// What the control record at `position` did to the record of its device.
    pub(super) fn note_outcome(&mut self, position: Position, outcome: Outcome) {
        if let Some(record) = self.control_record(position) {
            self.books.note_outcome(record, outcome);
        }
    }

    fn control_record(&self, position: Position) -> Option<&'a IncomingRecord> {
        let place = (position.partition, position.offset);
        self.sources.get(&place).copied()
    }

    /// The last record of each partition.
    pub(super) fn ends(&self) -> Vec<(String, i32, i64)> {
        let mut ends: BTreeMap<(&str, i32), i64> = BTreeMap::new();
        for record in self.records {
            let end = ends
                .entry((&record.topic, record.partition))
                .or_insert(record.offset);
            *end = record.offset.max(*end);
        }
        ends.into_iter()
            .map(|((topic, partition), offset)| (topic.to_owned(), partition, offset))
            .collect()
    }
}
