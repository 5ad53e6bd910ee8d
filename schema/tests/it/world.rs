//! One server's schema over a store, a log and a broker in memory.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use async_graphql::{Request, Response};
use connector_domain::account::Account;
use connector_domain::caller::{AuthMethod, Caller, Permission};
use connector_domain::clock::{Clock, IdSource, Manual};
use connector_domain::connection::{
    CanonicalFacts, Details, DeviceBatch, DeviceInput, DeviceRecord, OfflineCause, Status,
};
use connector_domain::event::{connection_changed, message_moved};
use connector_domain::id::{AccountNumber, CallerName, ClientId, MessageId, OrgId};
use connector_domain::json::JsonText;
use connector_domain::message::{Answer, Arrival, MessageKind, MessageState, Moved};
use connector_domain::port::{ConnectionLedger, MessageLedger, RecordLog};
use connector_domain::scope::IngestScope;
use connector_domain::stamp::{Position, Stamp};
use connector_domain::tenant::TenantLookup;
use connector_domain::wire::TopicPrefix;
use connector_outbox::Outbox;
use connector_schema::{
    ConnectorSchema, CursorKey, Limits, LiveEvents, Options, Ports, RemoteAddress, RequestId,
    ServerFacts, build, live, prepare, variables_of,
};
use connector_store_memory::MemoryStore;
use futures::{Stream, StreamExt};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::fake::{Broker, CONNECTION_EVENTS, Kafka, MESSAGE_EVENTS, Tail};

pub const ORG: &str = "10000";
pub const OTHER_ORG: &str = "20000";

#[allow(
    clippy::disallowed_methods,
    reason = "the test plays the part of the Kafka consumer as well"
)]
fn ingest() -> IngestScope {
    IngestScope::issue()
}

/// Everything there is, and one server.
pub struct World {
    pub store: MemoryStore,
    pub kafka: Arc<Kafka>,
    pub broker: Arc<Broker>,
    pub clock: Arc<Manual>,
    pub live: LiveEvents,
    pub schema: ConnectorSchema,
    offset: AtomicI64,
    tasks: JoinSet<()>,
}

impl World {
    pub async fn new() -> Self {
        Self::with(live::Options::default()).await
    }

    pub async fn with(options: live::Options) -> Self {
        Self::limited(options, Options::default()).await
    }

    /// Takes documents of any size.
    pub async fn unlimited() -> Self {
        let limits = Limits {
            depth: usize::MAX,
            complexity: usize::MAX,
            ..Limits::default()
        };
        let options = Options {
            limits,
            ..Options::default()
        };
        Self::limited(live::Options::default(), options).await
    }

    async fn limited(options: live::Options, limits: Options) -> Self {
        let start = Stamp::parse("2026-11-24T10:00:00Z").expect("valid");
        let clock = Arc::new(Manual::at(start));
        let kafka = Arc::new(Kafka::default());
        kafka.set_time(start);
        let live = LiveEvents::new(options, Arc::clone(&clock) as Arc<dyn Clock>);
        let store = MemoryStore::new();
        let broker = Arc::new(Broker::default());
        let outbox = outbox(&store, &kafka, &broker, &clock);
        let ports = ports(&store, outbox, &live, &clock);
        let mut world = Self {
            schema: build(ports, limits),
            store,
            kafka,
            broker,
            clock,
            live,
            offset: AtomicI64::new(0),
            tasks: JoinSet::new(),
        };
        let live = world.live.clone();
        world.pump(live, "log-1", 0).await;
        world
    }

    /// The schema of another server, over other live events.
    pub fn on(&self, live: &LiveEvents) -> ConnectorSchema {
        let outbox = outbox(&self.store, &self.kafka, &self.broker, &self.clock);
        build(
            ports(&self.store, outbox, live, &self.clock),
            Options::default(),
        )
    }

    /// Reads the log into live events, and waits until it is read up to now.
    pub async fn pump(&mut self, live: LiveEvents, log_id: &str, from: usize) {
        self.pump_tail(live, self.kafka.tail(log_id, from)).await;
    }

    /// Reads the log into live events of a server that is ready and behind: it reads as many records as `until` says.
    pub async fn pump_held(&mut self, live: LiveEvents, log_id: &str, until: Arc<AtomicUsize>) {
        self.pump_tail(live, self.kafka.held_tail(log_id, until))
            .await;
    }

    async fn pump_tail(&mut self, live: LiveEvents, tail: Tail) {
        let tail = Arc::new(tail);
        let ready = live.clone();
        self.tasks.spawn(async move {
            let pumped = live.run(tail, std::future::pending()).await;
            pumped.expect("the log answers");
        });
        eventually(|| ready.is_ready()).await;
    }

    /// Ends the pumps, as a server that stops.
    pub async fn stop(&mut self) {
        self.tasks.shutdown().await;
    }

    /// The place of the next record. Time passes, whether one comes or not.
    pub fn position(&self) -> Position {
        let offset = self.offset.fetch_add(1, Ordering::SeqCst);
        self.clock.advance(Duration::from_millis(10));
        self.kafka.set_time(self.clock.now());
        Position {
            stamp: self.clock.now(),
            partition: 0,
            offset,
        }
    }

    /// A device says something, and the tenant directory knows this about it.
    pub async fn says(&self, tenant: TenantLookup, id: &str, input: DeviceInput) {
        let batch = DeviceBatch {
            client_id: client(id),
            tenant,
            records: vec![DeviceRecord {
                position: self.position(),
                input,
            }],
        };
        let applied = self.store.apply(ingest(), &[batch]).await.expect("applied");
        let told = applied.unpublished.iter();
        let told: Vec<_> = told
            .map(|c| (c.client_id.clone(), c.change.version))
            .collect();
        for recorded in applied.unpublished {
            let event = connection_changed(recorded.change);
            let value = serde_json::to_vec(&event).expect("writable");
            self.kafka.push(CONNECTION_EVENTS, id, value);
        }
        let marked = ConnectionLedger::mark_published(&self.store, ingest(), &told).await;
        marked.expect("marked");
    }

    /// A device of an organisation reports online.
    pub async fn online(&self, org: &str, id: &str) {
        self.online_as(org, id, details(id)).await;
    }

    pub async fn online_as(&self, org: &str, id: &str, details: Details) {
        let message_id = format!("{id} {}", self.offset.load(Ordering::SeqCst));
        let status = Status::Online(details);
        self.says(tenant(org), id, DeviceInput::Status { message_id, status })
            .await;
    }

    /// A device reports offline.
    pub async fn offline(&self, org: &str, id: &str) {
        let status = Status::Offline(OfflineCause::Reported);
        let message_id = String::new();
        self.says(tenant(org), id, DeviceInput::Status { message_id, status })
            .await;
    }

    /// A device sends a data message, perhaps an answer.
    pub async fn arrives(&self, id: &str, answers: Option<Uuid>) -> MessageId {
        let arrival = Arrival {
            client_id: client(id),
            position: self.position(),
            kind: MessageKind::Data,
            wire_message_id: String::new(),
            directive: Some("echo".to_owned()),
            metadata: None,
            content: Some(JsonText::parse(r#"{"n":12345678901234567890123}"#).expect("JSON")),
            device_sent: None,
            answer: answers.map(|uuid| Answer {
                response_to: MessageId::from(uuid),
                outcome: MessageState::Responded,
            }),
        };
        self.receive(arrival).await
    }

    /// Stores what a device sent, and tells everyone.
    pub async fn receive(&self, arrival: Arrival) -> MessageId {
        let message_id = arrival.message_id();
        let stored = self
            .store
            .arrive(ingest(), &[arrival])
            .await
            .expect("stored");
        for moved in stored.iter().flat_map(|stored| &stored.unpublished) {
            self.tell(moved);
        }
        message_id
    }

    /// Tells everyone about a step of a message.
    pub fn tell(&self, moved: &Moved) {
        let value = serde_json::to_vec(&message_moved(moved)).expect("writable");
        let id = moved.message.client_id.as_str();
        self.kafka.push(MESSAGE_EVENTS, id, value);
    }

    /// Executes a document and gives the whole answer as JSON.
    pub async fn ask(&self, caller: &Caller, query: &str) -> Value {
        self.ask_with(caller, query, &json!({})).await
    }

    pub async fn ask_with(&self, caller: &Caller, query: &str, variables: &Value) -> Value {
        answer(&self.execute(caller, query, variables).await)
    }

    pub async fn execute(&self, caller: &Caller, query: &str, variables: &Value) -> Response {
        let variables = variables_of(&variables.to_string()).expect("variables");
        let request = Request::new(query).variables(variables);
        self.schema.execute(ready(request, caller)).await
    }

    /// The `data` of an answer without errors.
    pub async fn data(&self, caller: &Caller, query: &str) -> Value {
        let mut answer = self.ask(caller, query).await;
        assert_eq!(answer["errors"], Value::Null, "{answer}");
        answer["data"].take()
    }

    /// The code of the one error of an answer.
    pub async fn code(&self, caller: &Caller, query: &str) -> String {
        code(&self.ask(caller, query).await)
    }

    /// Starts a subscription.
    pub fn watch(&self, caller: &Caller, query: &str) -> Watch {
        watch(&self.schema, caller, query)
    }

    pub fn watch_with(&self, caller: &Caller, query: &str, variables: &Value) -> Watch {
        let variables = variables_of(&variables.to_string()).expect("variables");
        let request = Request::new(query).variables(variables);
        Watch(self.schema.execute_stream(ready(request, caller)))
    }
}

pub fn ready(request: Request, caller: &Caller) -> Request {
    let request_id = RequestId("request-1".to_owned());
    let address = RemoteAddress([192, 0, 2, 7].into());
    prepare(request, caller.clone(), request_id, Some(address))
}

pub fn answer(response: &Response) -> Value {
    let text = serde_json::to_string(response).expect("writable");
    serde_json::from_str(&text).expect("JSON")
}

pub fn code(answer: &Value) -> String {
    let errors = answer["errors"].as_array().expect("errors");
    assert_eq!(errors.len(), 1, "{answer}");
    let extensions = &errors[0]["extensions"];
    assert_eq!(extensions["requestId"], "request-1", "{answer}");
    extensions["code"].as_str().expect("a code").to_owned()
}

fn ports(store: &MemoryStore, outbox: Outbox, live: &LiveEvents, clock: &Arc<Manual>) -> Ports {
    Ports {
        connections: Arc::new(store.clone()),
        messages: Arc::new(store.clone()),
        audit: Arc::new(store.clone()),
        blocks: Arc::new(store.clone()),
        outbox,
        live: live.clone(),
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        ids: Arc::clone(clock) as Arc<dyn IdSource>,
        cursor_key: CursorKey::new("a secret of the tests"),
        server: ServerFacts {
            version: "1.2.3".to_owned(),
            revision: None,
            started_at: clock.now(),
        },
    }
}

fn outbox(
    store: &MemoryStore,
    kafka: &Arc<Kafka>,
    broker: &Arc<Broker>,
    clock: &Arc<Manual>,
) -> Outbox {
    let options = connector_outbox::Options {
        topic_prefix: TopicPrefix::parse("redhat/insights").expect("valid"),
        events_topic: MESSAGE_EVENTS.to_owned(),
        confirmation_wait: Duration::from_secs(5),
    };
    let ports = connector_outbox::Ports {
        messages: Arc::new(store.clone()),
        audit: Arc::new(store.clone()),
        blocks: Arc::new(store.clone()),
        blocking: Arc::new(store.clone()),
        publisher: Arc::clone(broker) as _,
        log: Arc::clone(kafka) as Arc<dyn RecordLog>,
        clock: Arc::clone(clock) as Arc<dyn Clock>,
    };
    Outbox::new(options, ports)
}

/// The answers of a subscription.
pub struct Watch(Pin<Box<dyn Stream<Item = Response> + Send>>);

pub fn watch(schema: &ConnectorSchema, caller: &Caller, query: &str) -> Watch {
    Watch(schema.execute_stream(ready(Request::new(query), caller)))
}

impl Watch {
    /// The next answer; `None` at the end.
    pub async fn next(&mut self) -> Option<Value> {
        let next = tokio::time::timeout(Duration::from_mins(2), self.0.next());
        let response = next.await.expect("an answer or the end in time");
        response.as_ref().map(answer)
    }

    /// Every answer up to where it waits for more. For a runtime whose clock is paused: it costs no time.
    pub async fn heard(&mut self) -> Vec<Value> {
        let mut heard = Vec::new();
        while let Ok(Some(response)) =
            tokio::time::timeout(Duration::from_mins(2), self.0.next()).await
        {
            heard.push(answer(&response));
        }
        heard
    }

    /// The next answer as it is sent.
    pub async fn text(&mut self) -> String {
        let next = tokio::time::timeout(Duration::from_mins(2), self.0.next());
        let response = next.await.expect("an answer in time").expect("an answer");
        serde_json::to_string(&response).expect("writable")
    }

    /// The value of the one field of the next answer.
    pub async fn event(&mut self) -> Value {
        let answer = self.next().await.expect("an event");
        assert_eq!(answer["errors"], Value::Null, "{answer}");
        let data = answer["data"].as_object().expect("data");
        data.values().next().expect("one field").clone()
    }

    /// Runs the subscription up to where it waits for events.
    pub async fn begin(&mut self, live: &LiveEvents) {
        let before = live.streams();
        let mut answered = std::pin::pin!(self.0.next());
        eventually(|| {
            let polled = futures::FutureExt::now_or_never(answered.as_mut());
            assert!(polled.is_none(), "nothing has happened yet: {polled:?}");
            live.streams() > before
        })
        .await;
    }
}

/// Waits for a condition.
pub async fn eventually(mut holds: impl FnMut() -> bool) {
    let held = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let held = tokio::time::timeout(Duration::from_secs(10), held).await;
    held.expect("the condition holds in time");
}

pub fn client(id: &str) -> ClientId {
    ClientId::parse(id).expect("a client id")
}

/// Belonging to an organisation; to none of them yet when that is empty.
pub fn tenant(org: &str) -> TenantLookup {
    match OrgId::parse(org) {
        Err(_) => TenantLookup::Unavailable,
        Ok(org_id) => TenantLookup::Known(Account {
            org_id,
            account_number: AccountNumber::parse(format!("9{org}")).ok(),
        }),
    }
}

pub fn details(id: &str) -> Details {
    let facts = json!({
        "fqdn": format!("{id}.example.com"),
        "ip_addresses": ["10.0.0.1"],
        "insights_id": "0b2a6c1e-0000-4000-8000-00000000000A",
    });
    let features = json!({"version": "1"});
    Details {
        facts: facts.as_object().cloned().map(CanonicalFacts::new),
        dispatchers: [(
            "echo".to_owned(),
            features.as_object().cloned().expect("object"),
        )]
        .into(),
        tags: [("env".to_owned(), "test".to_owned())].into(),
        client_name: Some("yggdrasil".to_owned()),
        client_version: Some("0.4.2".to_owned()),
    }
}

/// A caller of an organisation with these permissions.
pub fn caller_with(org: Option<&str>, permissions: &[Permission]) -> Caller {
    Caller {
        auth_method: AuthMethod::Jwt,
        name: CallerName::parse("inventory").expect("a name"),
        org_id: org.map(|org| OrgId::parse(org).expect("an organisation id")),
        account_number: None,
        permissions: permissions.iter().copied().collect::<BTreeSet<_>>(),
        expires_at: None,
    }
}

/// A caller of an organisation that may do everything in it.
pub fn caller(org: &str) -> Caller {
    let all = Permission::ALL;
    let own: Vec<_> = all
        .into_iter()
        .filter(|permission| *permission != Permission::CrossTenant)
        .collect();
    caller_with(Some(org), &own)
}

/// A caller that may do everything everywhere.
pub fn everyone() -> Caller {
    caller_with(None, &Permission::ALL)
}
