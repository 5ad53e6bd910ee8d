//! The log of the real binary, in the form and at the level that tell most to a collector: none of what callers and devices
//! bring is in it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use connector_testkit::{Client, Online, RawDevice, Subscription, eventually};
use serde_json::{Value, json};

use crate::binary::Binary;

/// In every text that no log line may hold.
const MARKER: &str = "marker-4711";

/// With the key file of services open to everybody.
fn start() -> Binary {
    let directory = tempfile::tempdir().unwrap();
    let services = directory.path().join("services.jsonl");
    fs::write(&services, "").unwrap();
    fs::set_permissions(&services, Permissions::from_mode(0o644)).unwrap();
    let settings =
        "[log]\nlevel = \"debug\"\nformat = \"json\"\n[auth.psk]\nfile = \"services.jsonl\"\n";
    Binary::start(directory, settings)
}

/// A device says something of every kind, good and bad, each with a marker.
async fn speaks(device: &mut Online) {
    let facts = json!({"fqdn": format!("{MARKER}.example.com"), "insights_id": MARKER});
    let content = json!({"state": "online", "canonical_facts": facts, "dispatchers": {"echo": {MARKER: MARKER}},
        "tags": {MARKER: MARKER}, "client_name": MARKER, "client_version": MARKER});
    let online =
        json!({"type": "connection-status", "message_id": "m-1", "version": 1, "content": content});
    let data = json!({"type": "data", "message_id": "d-1", "response_to": "", "version": 1, "directive": MARKER,
        "metadata": {MARKER: MARKER}, "content": {MARKER: MARKER}});
    let event = json!({"type": "event", "message_id": "e-1", "version": 1, "content": MARKER});
    device
        .publish("control/out", format!("{MARKER}: no JSON"))
        .await;
    device
        .publish("control/out", json!({"type": MARKER}).to_string())
        .await;
    device.publish("control/out", event.to_string()).await;
    device.publish("control/out", online.to_string()).await;
    device.publish("data/out", format!("[\"{MARKER}\"")).await;
    device.publish("data/out", data.to_string()).await;
}

/// Requests with a marker wherever a caller can put one.
async fn asks(base: &str, token: &str) {
    let http = reqwest::Client::new();
    let url = format!("{base}/graphql");
    let query = format!("{{ viewer {{ name }} }} # {MARKER}");
    let variables = json!({"x": MARKER}).to_string();
    let get = [("query", query.as_str()), ("variables", variables.as_str())];
    let get = url::Url::parse_with_params(&url, get).unwrap();
    let answered = http.get(get).bearer_auth(token).send().await.unwrap();
    assert_eq!(answered.status(), 200);
    for document in [
        format!("{{ {} }}", MARKER.replace('-', "_")),
        format!("{{ {MARKER}"),
        query,
    ] {
        let body = json!({"query": document, "variables": {"x": MARKER}, "operationName": null});
        http.post(&url)
            .bearer_auth(token)
            .json(&body)
            .send()
            .await
            .unwrap();
    }
    http.post(&url)
        .bearer_auth(token)
        .body(MARKER)
        .send()
        .await
        .unwrap();
    for (name, value) in [
        ("authorization", format!("Bearer {MARKER}")),
        ("authorization", format!("Basic {MARKER}")),
        ("x-rh-identity", MARKER.to_owned()),
        ("cookie", MARKER.to_owned()),
    ] {
        http.post(&url).header(name, value).send().await.unwrap();
    }
    let service = http
        .post(&url)
        .header("x-rh-cloud-connector-client-id", "dispatcher");
    let service = service.header("x-rh-cloud-connector-org-id", "10000");
    service
        .header("x-rh-cloud-connector-psk", MARKER)
        .send()
        .await
        .unwrap();
}

/// Introduces itself with everything there is, then as nobody.
async fn opens_sockets(base: &str, token: &str) {
    let mut socket = Subscription::open(base).await;
    let payload = json!({"authorization": format!("Bearer {token}"), "note": MARKER});
    socket.introduce(payload).await.unwrap();
    socket
        .subscribe(
            "1",
            &format!("{{ viewer {{ name }} }} # {MARKER}"),
            json!({"x": MARKER}),
        )
        .await;
    assert_eq!(socket.receive().await["type"], "next");
    let mut socket = Subscription::open(base).await;
    let refused = socket
        .introduce(json!({"x-rh-identity": MARKER, "authorization": MARKER}))
        .await;
    assert_eq!(refused.unwrap_err().0, 4403);
}

async fn sends_a_message(client: &Client, device: &mut Online) {
    let document = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { message { id } errors { code } } }";
    let input = json!({"clientId": "host-1", "directive": "echo", "metadata": {MARKER: MARKER}, "content": {MARKER: MARKER}});
    let sent = client.data(document, json!({"input": input})).await;
    assert!(sent["sendMessage"]["message"]["id"].is_string(), "{sent}");
    let (_, received) = device.json_message().await;
    assert_eq!(received["content"][MARKER], MARKER);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_a_full_run_holds_nothing_that_callers_and_devices_brought() {
    let binary = start();
    let token = binary.printed(&["token", "--org", "10000"]);
    let psk = binary.printed(&[
        "psk",
        "create",
        "--client-id",
        "dispatcher",
        "--org",
        "10000",
        "--permission",
        "CONNECTION_READ",
        "--append",
        "services.jsonl",
    ]);
    let base = binary.base();
    let client = Client::new(base.clone(), token.clone());
    let authority = binary.file("data/certs/devices");
    let device = RawDevice::issued_by(&authority, binary.address("--broker "), "host-1");
    let mut device = device.connect().await;
    speaks(&mut device).await;
    let seen = || {
        client.data(
            "{ messages(first: 1) { totalCount } connection(clientId: \"host-1\") { state } }",
            json!({}),
        )
    };
    eventually("everything is applied", seen, |seen| {
        seen["messages"]["totalCount"].as_u64() >= Some(1)
            && seen["connection"]["state"] == "ONLINE"
    })
    .await;
    asks(&base, &token).await;
    opens_sockets(&base, &token).await;
    sends_a_message(&client, &mut device).await;

    let key = fs::read_to_string(binary.file("data/auth/token-signing.key")).unwrap();
    let key = key.lines().nth(1).unwrap().to_owned();
    let log = binary.stop();
    for secret in [MARKER, &MARKER.replace('-', "_"), &token, &psk, &key] {
        let held: Vec<_> = log.lines().filter(|line| line.contains(secret)).collect();
        assert!(held.is_empty(), "{secret}: {held:#?}");
    }
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let is_said = |message: &str| lines.iter().find(|line| line["message"] == message);
    // The log does tell.
    assert!(is_said("a caller is refused").is_some(), "{log}");
    let warned = is_said("others can read or change this key file: chmod 600").unwrap();
    assert_eq!(
        (&warned["level"], &warned["setting"]),
        (&json!("WARN"), &json!("auth.psk.file"))
    );
    println!("{} log lines", lines.len());
}
