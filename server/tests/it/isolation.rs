//! Two tenants at the real edge: what is the other's is answered as what is not there, whichever way it is asked for.
//!
//! The schema's own tests look everywhere; this one sees that nothing on the way out tells the two apart.

use std::fs;

use connector_domain::caller::Permission;
use connector_testkit::{Client, Online, PATIENCE, Subscription, TestPlatform, eventually};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::time::timeout;

/// In every text of B.
const SECRET: &str = "tenant-b-secret";
const ORG_B: &str = "tenant-b-secret-org";
const DEVICE_B: &str = "tenant-b-secret-1";
const DEVICE_A: &str = "host-a";

const CHANGES: &str = "subscription($filter: ConnectionFilter, $after: String) {
    connectionChanged(filter: $filter, after: $after) { kind clientId connection { clientId orgId } } }";

/// A platform with a device of each tenant, both online.
struct World {
    platform: TestPlatform,
    a: Client,
    b: Client,
    device_a: Online,
    device_b: Online,
}

impl World {
    async fn start() -> Self {
        let platform = TestPlatform::start_with(|config| {
            let map = json!({DEVICE_B: {"orgId": ORG_B, "accountId": "tenant-b-secret-number"}});
            let file = config.data_dir.join("tenants.json");
            fs::write(&file, map.to_string()).unwrap();
            config.tenancy.map_file = file.display().to_string();
        })
        .await;
        let within = |org| {
            let all = Permission::ALL.into_iter();
            let own = all.filter(|permission| *permission != Permission::CrossTenant);
            platform.client_of(Some(org), own.collect())
        };
        let (a, b) = (within("10000"), within(ORG_B));
        let device_b = online(&platform, &b, DEVICE_B).await;
        let device_a = online(&platform, &a, DEVICE_A).await;
        Self {
            platform,
            a,
            b,
            device_a,
            device_b,
        }
    }

    /// A device of B speaks, then one of A: whoever is told of the second was told of the first, or never will be.
    async fn both_change(&mut self) {
        let gone = |id: &str| {
            let facts = json!({"fqdn": format!("{id}.example.com")});
            let content = json!({"state": "offline", "canonical_facts": facts});
            json!({"type": "connection-status", "message_id": "gone", "version": 1, "content": content})
        };
        self.device_b
            .publish("control/out", gone(DEVICE_B).to_string())
            .await;
        let told = || self.b.connection(DEVICE_B);
        eventually("B is offline", told, |seen| seen["state"] == "OFFLINE").await;
        self.device_a
            .publish("control/out", gone(DEVICE_A).to_string())
            .await;
    }
}

/// A device comes online and sends a message. Its tenant has been told of it, so whoever subscribes from now on hears of
/// what comes later.
async fn online(platform: &TestPlatform, client: &Client, id: &str) -> Online {
    let mut told = Subscription::start(client, CHANGES, json!({})).await;
    let mut device = platform.device(id).connect().await;
    device.report_online("m-1").await;
    assert_eq!(told.event().await["connectionChanged"]["clientId"], id);
    let data = json!({"type": "data", "message_id": "d-1", "response_to": "", "version": 1, "directive": "echo",
        "content": {"said": format!("{id} says so")}});
    device.publish("data/out", data.to_string()).await;
    let seen = || client.data("{ messages(first: 1) { totalCount } }", json!({}));
    eventually("its message is there", seen, |seen| {
        seen["messages"]["totalCount"] == 1
    })
    .await;
    device
}

/// What comes back, as far as it may depend on what was asked.
#[derive(Debug, PartialEq)]
struct Reply {
    status: StatusCode,
    headers: Vec<(String, String)>,
    body: String,
}

async fn post(client: &Client, query: &str, variables: &Value) -> Reply {
    let response = reqwest::Client::new()
        .post(format!("{}/graphql", client.base))
        .bearer_auth(&client.token)
        .header("accept", "application/graphql-response+json")
        .header("x-request-id", "the-same")
        .json(&json!({"query": query, "variables": variables}))
        .send()
        .await
        .unwrap();
    let headers = response.headers().iter();
    let headers = headers
        .filter(|(name, _)| *name != "date")
        .map(|(name, value)| {
            let value = value.to_str().unwrap_or_default();
            (name.to_string(), value.to_owned())
        });
    Reply {
        status: response.status(),
        headers: headers.collect(),
        body: response.text().await.unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_tenants_things_are_answered_as_what_is_not_there() {
    let world = World::start().await;
    let query = "query($id: ID!) { connection(clientId: $id) { id account { id } }
        messages(first: 1) { nodes { id messageId } pageInfo { endCursor } }
        connections(first: 1) { pageInfo { endCursor } } }";
    let known = world.b.data(query, json!({"id": DEVICE_B})).await;
    let message = &known["messages"]["nodes"][0];
    // Ids of the same make, which name nothing: those of a device that never was.
    let nothing = json!("Q1M6dGVuYW50LWItc2VjcmV0LTA");
    let never = "5d2f4c7e-6a52-4b6e-93a1-0b7d9b9f6c11";
    let node = "query($x: ID!) { node(id: $x) { id } nodes(ids: [$x]) { id } }";
    let device = "query($x: ID!) { connection(clientId: $x) { id } account { connection(clientId: $x) { id } }
        connections(first: 9, filter: {clientIds: [$x]}) { totalCount nodes { id } }
        messages(first: 9, filter: {clientIds: [$x]}) { totalCount nodes { id } } connectionStats(filter: {clientIds: [$x]}) { total } }";
    let page =
        "query($x: String!) { connections(first: 9, after: $x) { totalCount nodes { id } } }";
    let mail = "query($x: String!) { messages(first: 9, before: $x) { totalCount nodes { id } } }";
    let ping = "mutation($x: ID!) { ping(input: {clientId: $x}) { message { id } errors { code message path } } }";
    let send = "mutation($x: ID!) { sendMessage(input: {clientId: $x, directive: \"echo\"}) { message { id } errors { code message path } } }";
    let by_id = "query($x: UUID!) { message(messageId: $x) { id content } messages(first: 9, filter: {messageIds: [$x]}) { totalCount } }";
    let account = "query($x: ID!) { account(by: {orgId: $x}) { id } }";
    let orgs = "query($x: ID!) { connections(first: 9, filter: {orgIds: [$x]}) { totalCount } }";
    let cursor = |list: &str| known[list]["pageInfo"]["endCursor"].clone();
    let attempts = [
        (node, known["connection"]["id"].clone(), nothing.clone()),
        (
            node,
            known["connection"]["account"]["id"].clone(),
            nothing.clone(),
        ),
        (node, message["id"].clone(), nothing),
        (device, json!(DEVICE_B), json!("tenant-b-secret-0")),
        (page, cursor("connections"), json!("nowhere")),
        (mail, cursor("messages"), json!("nowhere")),
        (ping, json!(DEVICE_B), json!("tenant-b-secret-0")),
        (send, json!(DEVICE_B), json!("tenant-b-secret-0")),
        (by_id, message["messageId"].clone(), json!(never)),
        (account, json!(ORG_B), json!("tenant-b-secret-no-org")),
        (orgs, json!(ORG_B), json!("tenant-b-secret-no-org")),
    ];
    for (query, theirs, nobodys) in attempts {
        assert!(theirs.is_string(), "{query}: {known}");
        let reply = post(&world.a, query, &json!({"x": theirs})).await;
        let absent = post(&world.a, query, &json!({"x": nobodys})).await;
        assert_eq!(reply, absent, "{query}");
        assert!(!reply.body.contains(SECRET), "{query}: {reply:?}");
        assert!(!reply.body.contains("says so"), "{query}: {reply:?}");
    }
    world.platform.stop().await;
}

/// Requests over a socket have names of their own.
fn forget_request_id(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(forget_request_id),
        Value::Object(fields) => {
            fields.remove("requestId");
            fields.values_mut().for_each(forget_request_id);
        }
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_hears_nothing_of_the_other_tenant() {
    let mut world = World::start().await;
    let place = world.b.data("{ changesCursor }", json!({})).await["changesCursor"].take();
    let all = json!({});
    let mut open = Subscription::start(&world.a, CHANGES, all).await;
    let theirs = json!({"filter": {"clientIds": [DEVICE_B]}});
    let mut narrow = Subscription::start(&world.a, CHANGES, theirs.clone()).await;
    let mut own = Subscription::start(&world.b, CHANGES, theirs).await;
    world.both_change().await;
    assert_eq!(own.event().await["connectionChanged"]["clientId"], DEVICE_B);
    let first = open.event().await;
    assert_eq!(first["connectionChanged"]["clientId"], DEVICE_A);
    // From a place that B was given, A hears of itself.
    let mut resumed =
        Subscription::start(&world.a, CHANGES, json!({"filter": {"state": ["OFFLINE"]}})).await;
    resumed
        .subscribe("2", CHANGES, json!({"after": place}))
        .await;
    assert_eq!(
        resumed.event().await["connectionChanged"]["clientId"],
        DEVICE_A
    );
    narrow.send(json!({"type": "ping"})).await;
    assert_eq!(
        narrow.receive().await["type"],
        "pong",
        "nothing came before"
    );

    let mut refusals = Vec::new();
    for org in [ORG_B, "tenant-b-secret-no-org"] {
        let filter = json!({"filter": {"orgIds": [org]}});
        open.subscribe(org, CHANGES, filter).await;
        let mut answer = open.receive().await;
        assert_eq!(answer["id"].take(), org);
        if answer["type"] == "next" {
            assert_eq!(open.receive().await["type"], "complete");
        }
        forget_request_id(&mut answer);
        refusals.push(answer);
    }
    assert_eq!(refusals[0], refusals[1]);
    world.platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn server_sent_events_tell_nothing_of_the_other_tenant() {
    let mut world = World::start().await;
    let listen = async |variables: Value| {
        let sent = reqwest::Client::new()
            .post(format!("{}/graphql", world.a.base))
            .bearer_auth(&world.a.token)
            .header("accept", "text/event-stream")
            .header("x-request-id", "the-same")
            .json(&json!({"query": CHANGES, "variables": variables}))
            .send();
        sent.await.unwrap()
    };
    let mut stream = listen(json!({})).await;
    let mut refusals = Vec::new();
    for org in [ORG_B, "tenant-b-secret-no-org"] {
        let refused = listen(json!({"filter": {"orgIds": [org]}})).await;
        let status = refused.status();
        let text = timeout(PATIENCE, refused.text())
            .await
            .expect("it ends in time");
        refusals.push((status, text.unwrap()));
    }
    assert_eq!(refusals[0], refusals[1]);
    assert!(!refusals[0].1.contains(SECRET), "{refusals:?}");
    world.both_change().await;
    let mut heard = String::new();
    while !heard.contains(DEVICE_A) {
        let chunk = timeout(PATIENCE, stream.chunk())
            .await
            .expect("an event in time");
        let chunk = chunk.unwrap().expect("the stream is open");
        heard.push_str(&String::from_utf8_lossy(&chunk));
    }
    assert!(!heard.contains(SECRET), "{heard}");
    world.platform.stop().await;
}
