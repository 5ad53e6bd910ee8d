//! What the behaviours are arranged with: devices that say something, and messages.

use connector_domain::account::Account;
use connector_domain::connection::{
    CanonicalFacts, Connection, Details, DeviceBatch, DeviceInput, DeviceRecord, OfflineCause,
    Status,
};
use connector_domain::id::{AccountNumber, CallerName, ClientId, MessageId, OrgId};
use connector_domain::json::JsonText;
use connector_domain::message::{
    Accepted, Answer, Arrival, Message, MessageDirection, MessageKind, MessageState, Moved,
    NewMessage,
};
use connector_domain::port::Applied;
use connector_domain::scope::{IngestScope, Scope};
use connector_domain::stamp::{Position, Stamp};
use connector_domain::tenant::{Denial, TenantLookup};
use connector_domain::wire::{Signal, SignalKind};
use serde_json::json;
use uuid::Uuid;

use super::Store;

pub(super) const ORG: &str = "10000";
pub(super) const OTHER_ORG: &str = "20000";

pub(super) fn ingest() -> IngestScope {
    IngestScope::issue()
}

pub(super) fn client(id: &str) -> ClientId {
    ClientId::parse(id).expect("a client id")
}

pub(super) fn org(id: &str) -> OrgId {
    OrgId::parse(id).expect("an organisation id")
}

pub(super) fn number(text: &str) -> AccountNumber {
    AccountNumber::parse(text).expect("an account number")
}

pub(super) fn scope(id: &str) -> Scope {
    Scope::org(org(id))
}

/// Scopes of two customers and of every one.
pub(super) fn scopes() -> [Scope; 3] {
    [scope(ORG), scope(OTHER_ORG), Scope::every_org()]
}

/// A second of a day in 2026, and nanoseconds that microseconds would lose.
pub(super) fn at(second: i64) -> Stamp {
    Stamp::from_nanos(1_795_000_000_000_000_123 + second * 1_000_000_000)
}

pub(super) fn position(second: i64) -> Position {
    Position {
        stamp: at(second),
        partition: 3,
        offset: 1_000 + second,
    }
}

pub(super) fn known(org_id: &str) -> TenantLookup {
    TenantLookup::Known(Account {
        org_id: org(org_id),
        account_number: Some(number(&format!("9{org_id}"))),
    })
}

/// The directory does not know the device; said at a second, and trusted.
pub(super) fn unknown(second: i64) -> TenantLookup {
    TenantLookup::Unknown(Denial {
        answered_at: at(second),
        trusted: true,
    })
}

/// What an online message says, with this FQDN.
pub(super) fn details(fqdn: &str) -> Details {
    let facts = json!({"fqdn": fqdn, "ip_addresses": ["10.0.0.1"]});
    Details {
        facts: facts.as_object().cloned().map(CanonicalFacts::new),
        ..Details::default()
    }
}

/// The records of one device in one batch.
pub(super) struct Says(DeviceBatch);

/// Begins a batch of a device of [`ORG`].
pub(super) fn device(id: &str) -> Says {
    Says(DeviceBatch {
        client_id: client(id),
        tenant: known(ORG),
        records: Vec::new(),
    })
}

impl Says {
    pub(super) fn of(mut self, tenant: TenantLookup) -> Self {
        self.0.tenant = tenant;
        self
    }

    pub(super) fn online(self, second: i64, message_id: &str, details: Details) -> Self {
        let status = Status::Online(details);
        self.status(second, message_id, status)
    }

    pub(super) fn offline(self, second: i64, cause: OfflineCause) -> Self {
        self.status(second, "will", Status::Offline(cause))
    }

    pub(super) fn alive(self, second: i64) -> Self {
        self.says(second, DeviceInput::SignOfLife)
    }

    /// Whose it is is looked up again, of the record as it is with this version.
    pub(super) fn due(self, second: i64, version: i64) -> Self {
        let signal = Signal {
            kind: SignalKind::TenantDue,
            version,
            stamp: at(second),
            at: at(second),
        };
        self.says(second, DeviceInput::Signal(signal))
    }

    fn status(self, second: i64, message_id: &str, status: Status) -> Self {
        let message_id = message_id.to_owned();
        self.says(second, DeviceInput::Status { message_id, status })
    }

    fn says(mut self, second: i64, input: DeviceInput) -> Self {
        self.0.records.push(DeviceRecord {
            position: position(second),
            input,
        });
        self
    }

    pub(super) fn batch(self) -> DeviceBatch {
        self.0
    }
}

/// Applies batches, each device once.
pub(super) async fn apply(store: &impl Store, batches: impl IntoIterator<Item = Says>) -> Applied {
    let batches: Vec<DeviceBatch> = batches.into_iter().map(Says::batch).collect();
    store.apply(ingest(), &batches).await.expect("applied")
}

/// Marks as told what a batch said is to be told.
pub(super) async fn tell(store: &impl Store, applied: &Applied) {
    let told: Vec<(ClientId, i64)> = applied
        .unpublished
        .iter()
        .map(|change| (change.client_id.clone(), change.change.version))
        .collect();
    let marked = connector_domain::port::ConnectionLedger::mark_published(store, ingest(), &told);
    marked.await.expect("marked");
}

/// The record of a device, whosever it is.
pub(super) async fn record(store: &impl Store, id: &str) -> Connection {
    let found = store.find(ingest(), &[client(id)]).await.expect("found");
    found.into_iter().next().expect("a record")
}

pub(super) fn message_id(n: u128) -> MessageId {
    MessageId::from(Uuid::from_u128(n))
}

/// A message of [`ORG`] to a device, accepted at a second, leased for ten.
pub(super) fn message(id: &str, n: u128, second: i64) -> NewMessage {
    let content = JsonText::of(&json!({"n": n.to_string()}));
    NewMessage {
        message: Message {
            client_id: client(id),
            message_id: message_id(n),
            wire_message_id: None,
            org_id: Some(org(ORG)),
            direction: MessageDirection::ToDevice,
            kind: MessageKind::Data,
            directive: Some("echo".to_owned()),
            command: None,
            size_bytes: i32::try_from(content.as_str().len()).expect("small"),
            content: Some(content),
            metadata: None,
            state: MessageState::Queued,
            seq: 1,
            failure: None,
            sent_by: Some(CallerName::parse("service").expect("a name")),
            created_at: at(second),
            device_sent: None,
            expires_at: None,
            redelivered: false,
            response_to: None,
        },
        request_hash: format!("hash of {id} {n}"),
        lease_until: at(second + 10),
        audit: None,
    }
}

/// Accepts a message that is new.
pub(super) async fn send(store: &impl Store, new: NewMessage) -> Moved {
    match store.accept(new).await.expect("accepted") {
        Accepted::Created(moved) => moved,
        refused => panic!("not created: {refused:?}"),
    }
}

/// A message from a device, received at a second.
pub(super) fn arrival(id: &str, wire_message_id: &str, second: i64) -> Arrival {
    Arrival {
        client_id: client(id),
        position: position(second),
        kind: MessageKind::Data,
        wire_message_id: wire_message_id.to_owned(),
        directive: Some("echo".to_owned()),
        metadata: None,
        content: Some(JsonText::of(&json!({"from": id}))),
        device_sent: Some("2026-11-24T10:00:00+01:00".to_owned()),
        answer: None,
    }
}

/// The same, as an answer.
pub(super) fn answer(arrival: Arrival, n: u128, outcome: MessageState) -> Arrival {
    let response_to = message_id(n);
    Arrival {
        answer: Some(Answer {
            response_to,
            outcome,
        }),
        ..arrival
    }
}

/// Stores one arrival.
pub(super) async fn receive(
    store: &impl Store,
    arrival: Arrival,
) -> connector_domain::port::StoredArrival {
    let stored = store.arrive(ingest(), &[arrival]).await.expect("stored");
    assert_eq!(stored.len(), 1, "one result per arrival");
    stored.into_iter().next().expect("one")
}

/// Marks steps as told.
pub(super) async fn told(store: &impl Store, moved: &[Moved]) {
    let steps: Vec<_> = moved
        .iter()
        .map(|moved| (moved.message.key(), moved.transition.seq))
        .collect();
    let marked = connector_domain::port::MessageLedger::mark_published(store, ingest(), &steps);
    marked.await.expect("marked");
}

/// How a message is now, whosever it is.
pub(super) async fn now(store: &impl Store, moved: &Moved) -> Message {
    let key = moved.message.key();
    let found = store.messages(&Scope::every_org(), &[key]).await;
    let found = found.expect("read");
    found.into_iter().next().expect("a message")
}
