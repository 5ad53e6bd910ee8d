//! `all-in-one --demo`: a fleet to look at.

use std::io::{BufRead, BufReader};
use std::ops::Range;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use connector_server::config::load;
use connector_server::demo::{Fleet, Pace};
use connector_testkit::{Client, TestPlatform, eventually};
use serde_json::{Value, json};

/// One host of each kind.
const SIZE: u16 = 6;

fn hurried() -> Pace {
    let millis =
        |range: Range<u64>| Duration::from_millis(range.start)..Duration::from_millis(range.end);
    Pace {
        there: millis(300..600),
        away: millis(100..300),
        news: millis(100..300),
        gathering: Duration::from_millis(100),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demonstration_comes_goes_answers_and_has_news() {
    let platform = TestPlatform::start().await;
    let client = platform.client();
    let config = load(platform.data_dir(), None, std::iter::empty()).unwrap();
    let fleet = Fleet::start(&config, platform.devices(), SIZE, &hurried()).unwrap();
    assert_eq!(
        fleet.to_string(),
        "simulated devices: 6, 2 of them come and go"
    );
    goes_and_comes_again(&client, "till-01-ber", "LINK_LOST").await;
    goes_and_comes_again(&client, "laptop-01-ber", "REPORTED").await;
    for directive in ["load", "climate"] {
        eventually(
            "there is news",
            || client.data(NEWS, json!({"directive": directive})),
            |data| data["messages"]["nodes"][0]["direction"] == "FROM_DEVICE",
        )
        .await;
    }
    for device in ["web-01-ber", "db-01-ber", "sensor-01-ber", "build-01-ber"] {
        answers(&client, device).await;
    }
    fleet.stop().await;
    all_said_goodbye(&client).await;
    platform.stop().await;
}

const NEWS: &str = "query($directive: String!) {
    messages(first: 1, filter: { directive: [$directive] }) { nodes { direction } } }";

async fn goes_and_comes_again(client: &Client, device: &str, reason: &str) {
    let history = "query($id: ID!) { connection(clientId: $id) {
        stateHistory(first: 50) { nodes { state reason } } } }";
    let came_back = |data: &Value| {
        let nodes = data["connection"]["stateHistory"]["nodes"].as_array();
        let changes = nodes.map_or(&[][..], Vec::as_slice);
        changes.windows(2).any(|pair| {
            pair[1] == json!({"state": "OFFLINE", "reason": reason}) && pair[0]["state"] == "ONLINE"
        })
    };
    eventually(
        "it was away and is back",
        || client.data(history, json!({"id": device})),
        came_back,
    )
    .await;
}

async fn answers(client: &Client, device: &str) {
    let send = "mutation($id: ID!) { sendMessage(input: { clientId: $id, directive: \"echo\", content: 1 }) {
        message { messageId } errors { code } } }";
    let ping = "mutation($id: ID!) { ping(input: { clientId: $id }) {
        message { messageId } errors { code } } }";
    let state = "query($id: UUID!) { message(messageId: $id) { state } }";
    for (field, mutation) in [("sendMessage", send), ("ping", ping)] {
        let answer = client.data(mutation, json!({"id": device})).await;
        let id = &answer[field]["message"]["messageId"];
        eventually(
            "it answers",
            || client.data(state, json!({"id": id})),
            |data| data["message"]["state"] == "RESPONDED",
        )
        .await;
    }
}

/// A till may have lost its link just before.
async fn all_said_goodbye(client: &Client) {
    let query = "{ connections(first: 100) { nodes { clientId state stateReason } } }";
    let is_gone = |node: &Value| {
        let is_till = node["clientId"].as_str().unwrap().starts_with("till");
        node["state"] == "OFFLINE" && (is_till || node["stateReason"] == "REPORTED")
    };
    eventually(
        "all said goodbye",
        || client.data(query, json!({})),
        |data| {
            let nodes = data["connections"]["nodes"].as_array().unwrap();
            nodes.len() == usize::from(SIZE) && nodes.iter().all(is_gone)
        },
    )
    .await;
}

/// The binary, as one starts it by hand.
struct Started {
    child: Child,
    /// What it printed up to where it is ready.
    told: String,
}

impl Started {
    fn new(data_dir: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cloud-connector"));
        command.args(arguments).arg("--data-dir").arg(data_dir);
        for port in ["HTTP__PORT", "MANAGEMENT__PORT", "MQTT__LISTEN_PORT"] {
            command.env(format!("CLOUD_CONNECTOR__{port}"), "0");
        }
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut told = String::new();
        while !told.contains("connect a simulated device:") {
            assert!(stdout.read_line(&mut told).unwrap() > 0, "{told}");
        }
        // Whoever writes to a pipe without a reader fails.
        std::thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::sink()));
        Self { child, told }
    }

    fn client(&self) -> Client {
        let link = self.told.lines().find(|line| line.contains("#token="));
        let (base, token) = link.unwrap().trim().split_once("/#token=").unwrap();
        Client::new(base.to_owned(), token.to_owned())
    }

    /// Ctrl-C.
    fn interrupt(mut self) {
        let id = self.child.id().to_string();
        let killed = Command::new("kill").args(["-INT", &id]).status().unwrap();
        assert!(killed.success());
        assert!(self.child.wait().unwrap().success());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_of_a_demonstration_say_goodbye_before_the_platform_stops() {
    let folder = tempfile::tempdir().unwrap();
    let started = Started::new(folder.path(), &["--demo", "6"]);
    let line = "demo        simulated devices: 6, 2 of them come and go";
    assert!(started.told.contains(line), "{}", started.told);
    let client = started.client();
    eventually(
        "all have come",
        || client.data("{ connectionStats { online } }", json!({})),
        |data| data["connectionStats"]["online"] == SIZE,
    )
    .await;
    started.interrupt();
    let started = Started::new(folder.path(), &["all-in-one"]);
    assert!(!started.told.contains("demo"), "{}", started.told);
    all_said_goodbye(&started.client()).await;
    started.interrupt();
}
