//! A signal as a record of the ingress topic.

use bytes::Bytes;
use connector_domain::id::ClientId;
use connector_domain::port::OutgoingRecord;
use connector_domain::wire::{SIGNAL, Signal};

/// The record, which goes where those of the device go. It has no header `topic`, so that the existing service skips it.
pub(crate) fn signal_record(topic: &str, client_id: &ClientId, signal: Signal) -> OutgoingRecord {
    OutgoingRecord {
        topic: topic.to_owned(),
        key: Some(Bytes::copy_from_slice(client_id.as_str().as_bytes())),
        headers: vec![(SIGNAL, signal.kind.as_str().to_owned())],
        value: Some(Bytes::from(signal.to_json())),
    }
}
