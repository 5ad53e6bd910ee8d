//! What the tests store.

use connector_domain::account::Account;
use connector_domain::connection::{Details, DeviceBatch, DeviceInput, DeviceRecord, Status};
use connector_domain::id::{ClientId, MessageId, OrgId};
use connector_domain::message::{
    Arrival, Message, MessageDirection, MessageKind, MessageState, NewMessage,
};
use connector_domain::scope::IngestScope;
use connector_domain::stamp::{Position, Stamp};
use connector_domain::tenant::TenantLookup;
use uuid::Uuid;

pub(crate) fn ingest() -> IngestScope {
    IngestScope::issue()
}

pub(crate) fn client(id: &str) -> ClientId {
    ClientId::parse(id).expect("a client id")
}

pub(crate) fn org() -> OrgId {
    OrgId::parse("10000").expect("an organisation id")
}

fn position(stamp: i64) -> Position {
    Position {
        stamp: Stamp::from_nanos(stamp),
        partition: 0,
        offset: stamp,
    }
}

/// A device of [`org`] goes online, as a version of the client of this name.
pub(crate) fn online(id: &str, stamp: i64, version: &str) -> DeviceBatch {
    let details = Details {
        client_version: Some(version.to_owned()),
        ..Details::default()
    };
    let input = DeviceInput::Status {
        message_id: format!("message {stamp}"),
        status: Status::Online(details),
    };
    DeviceBatch {
        client_id: client(id),
        tenant: TenantLookup::Known(Account {
            org_id: org(),
            account_number: None,
        }),
        records: vec![DeviceRecord {
            position: position(stamp),
            input,
        }],
    }
}

/// A message to `host-1`.
pub(crate) fn message(n: u128) -> NewMessage {
    NewMessage {
        message: Message {
            client_id: client("host-1"),
            message_id: MessageId::from(Uuid::from_u128(n)),
            wire_message_id: None,
            org_id: Some(org()),
            direction: MessageDirection::ToDevice,
            kind: MessageKind::Data,
            directive: None,
            command: None,
            content: None,
            metadata: None,
            size_bytes: 0,
            state: MessageState::Queued,
            seq: 1,
            failure: None,
            sent_by: None,
            created_at: Stamp::from_nanos(8),
            device_sent: None,
            expires_at: None,
            redelivered: false,
            response_to: None,
        },
        request_hash: format!("hash {n}"),
        lease_until: Stamp::from_nanos(9),
        audit: None,
    }
}

/// A message from a device.
pub(crate) fn arrival(id: &str, stamp: i64) -> Arrival {
    Arrival {
        client_id: client(id),
        position: position(stamp),
        kind: MessageKind::Data,
        wire_message_id: format!("wire {stamp}"),
        directive: None,
        metadata: None,
        content: None,
        device_sent: None,
        answer: None,
    }
}
