//! What was taken is there after a restart.

use std::time::Duration;

use connector_domain::clock::{Clock, System};
use connector_domain::connection::{DeviceBatch, DeviceInput, DeviceRecord, OfflineCause, Status};
use connector_domain::id::ClientId;
use connector_domain::port::ConnectionLedger;
use connector_domain::scope::IngestScope;
use connector_domain::stamp::Position;
use connector_domain::tenant::TenantLookup;
use connector_store_sqlite::SqliteStore;
use connector_testkit::{TestPlatform, eventually};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_shows_the_same_connections_and_messages_and_sees_a_device_come_back_at_once() {
    let platform = TestPlatform::start().await;
    let client = platform.client();
    let mut device = platform.device("host-1").connect().await;
    device.report_online("m-1").await;
    for number in 0..50 {
        // The same is said until the very stop: what the broker took must not be lost by it.
        let event =
            json!({"type": "event", "message_id": format!("e-{number}"), "content": "pong"});
        device.publish("control/out", event.to_string()).await;
    }
    let platform = platform.restart().await;
    drop(device);
    let client = connector_testkit::Client::new(platform.base(), client.token);
    let query = "{ connection(clientId: \"host-1\") { state version dispatchers { name } } messages(first: 1) { totalCount } }";
    let data = client.data(query, json!({})).await;
    assert_eq!(
        data["connection"],
        json!({"state": "ONLINE", "version": 1, "dispatchers": [{"name": "echo"}]})
    );
    assert_eq!(data["messages"]["totalCount"], 50);

    let mut device = platform.device("host-1").connect().await;
    device.report_online("m-2").await;
    drop(device);
    eventually(
        "host-1 is offline",
        || client.connection("host-1"),
        |seen| seen["state"] == "OFFLINE",
    )
    .await;
    let mut device = platform.device("host-1").connect().await;
    device.report_online("m-3").await;
    let seen = eventually(
        "host-1 is online",
        || client.connection("host-1"),
        |seen| seen["state"] == "ONLINE",
    )
    .await;
    assert_eq!(seen["stateReason"], "REPORTED");
    platform.stop().await;
}

/// The log of the earlier run is gone, so only the database knows what was stamped.
#[tokio::test(flavor = "multi_thread")]
async fn what_comes_after_a_clock_was_set_back_is_not_taken_for_a_replay() {
    let platform = TestPlatform::start().await;
    let client = platform.client();
    let mut device = platform.device("host-1").connect().await;
    device.report_online("m-1").await;
    let store = SqliteStore::open(&platform.data_dir().join("connector.db")).await;
    let store = store.unwrap();
    eventually(
        "host-1 is online",
        || client.connection("host-1"),
        |seen| seen["state"] == "ONLINE",
    )
    .await;
    // As an earlier run wrote it, by a clock that was 40 s ahead of ours.
    let gone = DeviceRecord {
        position: Position {
            stamp: System.now().plus(Duration::from_secs(40)),
            partition: 0,
            offset: 9,
        },
        input: DeviceInput::Status {
            message_id: String::new(),
            status: Status::Offline(OfflineCause::Reported),
        },
    };
    let batch = DeviceBatch {
        client_id: ClientId::parse("host-1").unwrap(),
        tenant: TenantLookup::Unavailable,
        records: vec![gone],
    };
    store.apply(IngestScope::issue(), &[batch]).await.unwrap();
    store.close().await;

    let platform = platform.restart().await;
    drop(device);
    let client = connector_testkit::Client::new(platform.base(), client.token);
    let mut device = platform.device("host-1").connect().await;
    device.report_online("m-2").await;
    eventually(
        "host-1 is online again",
        || client.connection("host-1"),
        |seen| seen["state"] == "ONLINE",
    )
    .await;
    platform.stop().await;
}
