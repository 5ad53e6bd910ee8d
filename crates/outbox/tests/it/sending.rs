//! What becomes of a message, by what the broker says.

use std::sync::Arc;
use std::time::Duration;

use connector_domain::audit::AuditOperation;
use connector_domain::block::DeviceBlock;
use connector_domain::clock::{Clock, IdSource, Manual};
use connector_domain::id::{CallerName, ClientId, OrgId};
use connector_domain::json::JsonText;
use connector_domain::message::{
    Message, MessageDirection, MessageKind, MessageState, NewMessage, SEND_LEASE,
};
use connector_domain::port::{BlockLedger, MessageLedger, PublishOutcome};
use connector_domain::scope::IngestScope;
use connector_domain::stamp::Stamp;
use connector_domain::wire::TopicPrefix;
use connector_outbox::{Options, Outbox, Ports, Sent};
use connector_store_memory::MemoryStore;
use connector_store_memory::sample::asked;

use crate::fake::{Broker, Log};

struct Bench {
    outbox: Outbox,
    store: MemoryStore,
    broker: Arc<Broker>,
    log: Arc<Log>,
    clock: Arc<Manual>,
}

impl Bench {
    fn new(outcomes: impl IntoIterator<Item = PublishOutcome>) -> Self {
        let (store, broker, log) = (
            MemoryStore::new(),
            Broker::answering(outcomes),
            Arc::new(Log::default()),
        );
        let clock = Arc::new(Manual::at(
            Stamp::parse("2026-11-24T10:00:00Z").expect("a time"),
        ));
        let options = Options {
            topic_prefix: TopicPrefix::parse("redhat/insights").expect("a prefix"),
            events_topic: "events".to_owned(),
            confirmation_wait: Duration::from_secs(5),
        };
        let ports = Ports {
            messages: Arc::new(store.clone()),
            audit: Arc::new(store.clone()),
            blocks: Arc::new(store.clone()),
            blocking: Arc::new(store.clone()),
            publisher: broker.clone(),
            log: log.clone(),
            clock: clock.clone(),
        };
        Self {
            outbox: Outbox::new(options, ports),
            store,
            broker,
            log,
            clock,
        }
    }

    fn message(&self) -> NewMessage {
        let now = self.clock.now();
        let message = Message {
            client_id: ClientId::parse("host-1").expect("an id"),
            message_id: self.clock.message_id(),
            wire_message_id: None,
            org_id: Some(OrgId::parse("10000").expect("an id")),
            direction: MessageDirection::ToDevice,
            kind: MessageKind::Data,
            directive: Some("echo".to_owned()),
            command: None,
            content: Some(JsonText::parse("[1]").expect("JSON")),
            metadata: None,
            size_bytes: 3,
            state: MessageState::Queued,
            seq: 1,
            failure: None,
            sent_by: Some(CallerName::parse("tester").expect("a name")),
            created_at: now,
            device_sent: None,
            expires_at: Some(now.plus(Duration::from_mins(5))),
            redelivered: false,
            response_to: None,
        };
        NewMessage {
            message,
            request_hash: "hash".to_owned(),
            lease_until: now.plus(SEND_LEASE),
            audit: None,
        }
    }

    async fn send(&self) -> Message {
        match self
            .outbox
            .send(self.message())
            .await
            .expect("the store works")
        {
            Sent::Accepted(message) => message,
            other => panic!("not accepted: {other:?}"),
        }
    }

    /// Events told, as state names.
    async fn told(&self) -> Vec<String> {
        self.outbox.close().await;
        let records = self.log.records.lock().expect("not poisoned");
        let event =
            |value: &[u8]| serde_json::from_slice::<serde_json::Value>(value).expect("JSON");
        records
            .iter()
            .map(|record| {
                event(record.value.as_deref().expect("a value"))["data"]["message"]["state"]
                    .as_str()
                    .expect("a state")
                    .to_owned()
            })
            .collect()
    }

    async fn untold(&self) -> usize {
        let later = self.clock.now().plus(Duration::from_mins(1));
        self.store
            .unpublished(IngestScope::issue(), later, 100)
            .await
            .expect("the store works")
            .len()
    }
}

#[tokio::test]
async fn only_what_the_broker_acknowledged_is_published_and_each_step_is_told() {
    let bench = Bench::new([PublishOutcome::Acknowledged]);
    let message = bench.send().await;
    assert_eq!(message.state, MessageState::Published);
    let (topic, payload) = bench.broker.published.lock().expect("not poisoned")[0].clone();
    assert_eq!(topic, "redhat/insights/host-1/data/in");
    assert!(
        String::from_utf8_lossy(&payload)
            .ends_with("\"directive\":\"echo\",\"metadata\":null,\"content\":[1]}\n")
    );
    assert_eq!(bench.told().await, ["QUEUED", "PUBLISHED"]);
    assert_eq!(bench.untold().await, 0);
}

#[tokio::test]
async fn a_publish_that_fails_says_why() {
    let outcomes = [
        PublishOutcome::NotSent,
        PublishOutcome::NoMatchingSubscribers,
        PublishOutcome::Refused("not authorized".to_owned()),
    ];
    let bench = Bench::new(outcomes);
    for code in ["BROKER_UNAVAILABLE", "NO_SUBSCRIBER", "BROKER_REFUSED"] {
        let message = bench.send().await;
        assert_eq!(message.state, MessageState::Failed);
        assert_eq!(message.failure.expect("a failure").code, code);
    }
}

#[tokio::test]
async fn a_late_confirmation_moves_an_unconfirmed_message_on() {
    let bench = Bench::new([PublishOutcome::Unconfirmed]);
    assert_eq!(bench.send().await.state, MessageState::Unconfirmed);
    let late = bench
        .broker
        .late
        .lock()
        .expect("not poisoned")
        .pop()
        .expect("one publish");
    late(PublishOutcome::Acknowledged);
    assert_eq!(bench.told().await, ["QUEUED", "UNCONFIRMED", "PUBLISHED"]);
}

#[tokio::test]
async fn a_sender_whose_lease_nearly_ran_out_leaves_the_message_to_the_job() {
    let bench = Bench::new([]);
    let mut new = bench.message();
    new.lease_until = bench.clock.now().plus(Duration::from_secs(2));
    let Sent::Accepted(message) = bench.outbox.send(new).await.expect("the store works") else {
        panic!("not accepted")
    };
    assert_eq!(message.state, MessageState::Queued);
    bench.clock.advance(Duration::from_secs(3));
    let (now, scope) = (bench.clock.now(), IngestScope::issue());
    let claimed = bench
        .store
        .claim_abandoned(scope, now, now.plus(SEND_LEASE), 10)
        .await
        .expect("the store works");
    assert_eq!(claimed.len(), 1);
    assert!(claimed[0].redelivered && claimed[0].message_id == message.message_id);
}

#[tokio::test]
async fn a_sender_waits_for_the_broker_within_its_lease_only() {
    let bench = Bench::new([PublishOutcome::Unconfirmed, PublishOutcome::Acknowledged]);
    let mut new = bench.message();
    new.lease_until = bench.clock.now().plus(Duration::from_secs(4));
    bench.outbox.send(new).await.expect("the store works");
    bench.send().await;
    let deadlines = bench.broker.deadlines.lock().expect("not poisoned").clone();
    assert_eq!(deadlines, [Duration::from_secs(3), Duration::from_secs(5)]);
}

#[tokio::test]
async fn what_could_not_be_told_stays_for_the_job() {
    let bench = Bench::new([PublishOutcome::Acknowledged]);
    *bench.log.down.lock().expect("not poisoned") = true;
    assert_eq!(bench.send().await.state, MessageState::Published);
    assert_eq!(bench.told().await, Vec::<String>::new());
    assert_eq!(bench.untold().await, 2);
}

#[tokio::test]
async fn nothing_is_accepted_after_the_close() {
    let bench = Bench::new([]);
    bench.outbox.close().await;
    assert!(bench.outbox.send(bench.message()).await.is_err());
}

#[tokio::test]
async fn nothing_is_published_to_a_device_that_is_blocked() {
    let bench = Bench::new([]);
    let block = DeviceBlock {
        client_id: ClientId::parse("host-1").expect("an id"),
        org_id: None,
        blocked_at: bench.clock.now(),
        blocked_by: CallerName::parse("operator").expect("a name"),
        reason: "stolen".to_owned(),
        lifted_at: None,
    };
    let entry = asked(&*bench.clock, AuditOperation::BlockDevice);
    let blocked = bench.store.block(block, &entry).await;
    blocked.expect("stored");
    let message = bench.send().await;
    assert_eq!(message.state, MessageState::Failed);
    let failure = message.failure.expect("a reason");
    assert_eq!(failure.code, "DEVICE_BLOCKED");
    assert!(bench.broker.published.lock().unwrap().is_empty());
}
