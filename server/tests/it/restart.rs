//! What was taken is there after a restart.

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
