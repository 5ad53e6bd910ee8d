//! The commands that read Kafka, as an operator runs them.

use std::path::Path;
use std::process::{Command, Output};

use bytes::Bytes;
use connector_domain::account::Account;
use connector_domain::connection::{
    Connection, Details, DeviceBatch, DeviceInput, DeviceRecord, Status, fold,
};
use connector_domain::id::{ClientId, OrgId};
use connector_domain::port::{OutgoingRecord, RecordLog};
use connector_domain::stamp::{Position, Stamp};
use connector_domain::tenant::TenantLookup;
use connector_transport::embedded::EmbeddedKafka;
use connector_transport::kafka::{Producer, ProducerOptions, Settings};
use serde_json::{Value, json};

const CONTROL: &str = "platform.cloud-connector.rhc-message-ingress";
const DATA: &str = "platform.cloud-connector.rhc-data-ingress";
const STATE: &str = "platform.cloud-connector.connection-state";
const DEAD: &str = "platform.cloud-connector.dead-letter";

struct Stage {
    kafka: EmbeddedKafka,
    producer: Producer,
    folder: tempfile::TempDir,
}

impl Stage {
    fn set() -> Self {
        let kafka =
            EmbeddedKafka::start(&[CONTROL, DATA, STATE, DEAD].map(|topic| (topic, 2))).unwrap();
        let settings = Settings::new(kafka.bootstrap_servers(), "test");
        let producer = Producer::connect(&settings, ProducerOptions::default()).unwrap();
        Self {
            kafka,
            producer,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    async fn append(
        &self,
        topic: &str,
        key: &str,
        headers: Vec<(&'static str, String)>,
        value: Vec<u8>,
    ) {
        let record = OutgoingRecord {
            topic: topic.to_owned(),
            key: Some(Bytes::from(key.to_owned())),
            headers,
            value: Some(Bytes::from(value)),
        };
        self.producer.append(record).unwrap().await.unwrap();
    }

    /// The command on this Kafka, with a database of this name.
    fn run(&self, data: &str, arguments: &[&str]) -> Output {
        command(&self.folder.path().join(data), arguments)
            .env(
                "CLOUD_CONNECTOR__KAFKA__BROKERS",
                self.kafka.bootstrap_servers(),
            )
            .output()
            .unwrap()
    }

    fn succeeds(&self, data: &str, arguments: &[&str]) -> String {
        let output = self.run(data, arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {error}");
        String::from_utf8(output.stdout).unwrap()
    }
}

fn command(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloud-connector"));
    command.args(arguments).arg("--data-dir").arg(data);
    command
}

/// A row as the consumer wrote it.
fn row(client_id: &str) -> Connection {
    let account = Account {
        org_id: OrgId::parse("10000").unwrap(),
        account_number: None,
    };
    let record = DeviceRecord {
        position: Position {
            stamp: Stamp::parse("2026-11-24T10:00:00Z").unwrap(),
            partition: 0,
            offset: 7,
        },
        input: DeviceInput::Status {
            message_id: "m-1".to_owned(),
            status: Status::Online(Details::default()),
        },
    };
    let batch = DeviceBatch {
        client_id: ClientId::parse(client_id).unwrap(),
        tenant: TenantLookup::Known(account),
        records: vec![record],
    };
    fold(None, &batch).connection.unwrap()
}

fn said(client_id: &str, channel: &str, at: &str) -> Vec<(&'static str, String)> {
    vec![
        (
            "topic",
            format!("redhat/insights/{client_id}/{channel}/out"),
        ),
        ("date_received", at.to_owned()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_fills_an_empty_database_and_a_check_tells_what_differs() {
    let stage = Stage::set();
    for name in ["host-1", "host-2"] {
        let value = serde_json::to_vec(&row(name)).unwrap();
        stage.append(STATE, name, Vec::new(), value).await;
    }
    let offline =
        json!({"type": "connection-status", "message_id": "o", "content": {"state": "offline"}});
    let headers = said("host-2", "control", "2026-11-24T10:00:01Z");
    stage
        .append(CONTROL, "host-2", headers, offline.to_string().into_bytes())
        .await;

    let unready = stage.run("one", &["rebuild"]);
    assert_eq!(
        unready.status.code(),
        Some(1),
        "the database is not migrated"
    );
    stage.succeeds("one", &["migrate"]);
    let printed = stage.succeeds("one", &["rebuild"]);
    assert!(printed.contains("2 records written"), "{printed}");
    let printed = stage.succeeds("one", &["rebuild"]);
    assert!(
        printed.contains("0 records written"),
        "run again: {printed}"
    );
    let printed = stage.succeeds("one", &["rebuild", "--check"]);
    assert_eq!(printed, "2 devices, all as a rebuild gives them\n");

    stage.succeeds("two", &["migrate"]);
    let differs = stage.run("two", &["rebuild", "--check"]);
    assert_eq!(differs.status.code(), Some(1));
    let printed = String::from_utf8(differs.stdout).unwrap();
    assert!(
        printed.contains("host-2\trecord\tlive: no record\trebuilt: OFFLINE LINK_LOST version 2"),
        "{printed}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_are_listed_shown_and_put_back() {
    let stage = Stage::set();
    let payload = br#"{"type":"data","content":1}"#.to_vec();
    let mut headers = said("host-1", "data", "2026-11-24T10:00:00Z");
    headers.extend([
        ("original_size", payload.len().to_string()),
        ("error", "refused by the database: \u{1b}[2J".to_owned()),
        ("origin", format!("kafka:{DATA}/0/3")),
    ]);
    stage.append(DEAD, "host-1", headers, payload.clone()).await;

    let listed = stage.succeeds("one", &["dead-letters", "list", "--output", "json"]);
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let place = listed[0]["place"].as_str().unwrap();
    assert_eq!(listed[0]["clientId"], "host-1");
    let table = stage.succeeds("one", &["dead-letters", "list"]);
    assert!(
        table.contains("refused by the database") && !table.contains('\u{1b}'),
        "{table}"
    );
    let shown = stage.succeeds("one", &["dead-letters", "show", place]);
    assert!(
        shown.ends_with("bytes, whole\n\n{\"type\":\"data\",\"content\":1}\n"),
        "{shown}"
    );

    let told = stage.succeeds("one", &["dead-letters", "replay", "--all", "--dry-run"]);
    assert_eq!(told, format!("{place}\twould be replayed to {DATA}\n"));
    let told = stage.succeeds("one", &["dead-letters", "replay", "--all"]);
    assert!(told.contains(&format!("replayed to {DATA}/")), "{told}");
    let told = stage.succeeds("one", &["dead-letters", "replay", "--all"]);
    assert_eq!(told, format!("{place}\tnot replayed: it was before\n"));
    let nowhere = stage.run("one", &["dead-letters", "replay", "0/999"]);
    assert_eq!(nowhere.status.code(), Some(1));
}

#[test]
fn without_a_kafka_of_its_own_there_is_nothing_to_read() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["rebuild"][..], &["dead-letters", "list"]] {
        let output = command(folder.path(), arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(error.contains("kafka.brokers is needed"), "{error}");
    }
}
