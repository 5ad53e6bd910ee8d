//! A device comes online, is seen, changes and leaves.

use connector_testkit::{Subscription, TestPlatform, eventually};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_reports_itself_is_seen_by_query_and_by_a_subscriber_opened_before() {
    let platform = TestPlatform::start().await;
    let client = platform.client();
    let watch = "subscription { connectionChanged { kind clientId previousState state reason version missed cursor
        connection { clientId tags { key value } } } }";
    let mut changes = Subscription::start(&client, watch, json!({})).await;

    let mut device = platform.device("host-1").connect().await;
    device.report_online("m-1").await;

    let change = changes.event().await["connectionChanged"].take();
    assert_eq!(change["kind"], "APPEARED");
    assert_eq!(
        (&change["clientId"], &change["state"], &change["reason"]),
        (&json!("host-1"), &json!("ONLINE"), &json!("REPORTED"))
    );
    assert_eq!(
        change["connection"]["tags"],
        json!([{"key": "site", "value": "north"}])
    );
    assert_eq!(
        (
            &change["previousState"],
            &change["version"],
            &change["missed"]
        ),
        (&Value::Null, &json!(1), &json!(0))
    );
    let connection = client.connection("host-1").await;
    assert_eq!(connection["dispatchers"], json!([{"name": "echo"}]));
    assert_eq!(connection["canonicalFacts"]["fqdn"], "host.example.com");
    assert_eq!(
        (&connection["clientName"], &connection["clientVersion"]),
        (&json!("yggdrasil"), &json!("0.2.7"))
    );

    drop(device);
    let change = changes.event().await["connectionChanged"].take();
    assert_eq!(
        (&change["kind"], &change["state"], &change["reason"]),
        (&json!("STATE"), &json!("OFFLINE"), &json!("LINK_LOST"))
    );

    // What was missed is there when the subscriber comes back with its cursor.
    let mut device = platform.device("host-1").connect().await;
    device.publish("data/out", "").await;
    let again = "subscription($after: String) { connectionChanged(after: $after) { state reason version } }";
    let mut resumed = Subscription::start(&client, again, json!({"after": change["cursor"]})).await;
    let change = resumed.event().await["connectionChanged"].take();
    assert_eq!(
        change,
        json!({"state": "ONLINE", "reason": "SEEN", "version": 3})
    );
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_counts_and_history_tell_the_same_story() {
    let platform = TestPlatform::start().await;
    let client = platform.client();
    let mut first = platform.device("host-1").connect().await;
    first.report_online("m-1").await;
    let mut second = platform.device("host-2").connect().await;
    second.report_online("m-2").await;
    drop(second);
    eventually(
        "host-2 is offline",
        || client.connection("host-2"),
        |seen| seen["state"] == "OFFLINE",
    )
    .await;

    let query = r#"{
        account { orgId accountNumber connectionStats { total online } }
        accounts(first: 10) { totalCount nodes { orgId } }
        connectionStats { total online offline byDispatcher { key total online } }
        connections(first: 10, filter: { state: [ONLINE], tags: [{ key: "site", value: "north" }], search: "host.ex" }) {
            totalCount nodes { clientId } pageInfo { hasNextPage } }
        connection(clientId: "host-2") { stateHistory(first: 5) { nodes { version previousState state reason } } }
        server { version presenceAsOf }
    }"#;
    let data = client.data(query, json!({})).await;
    assert_eq!(
        data["account"],
        json!({"orgId": "10000", "accountNumber": "111000", "connectionStats": {"total": 2, "online": 1}})
    );
    assert_eq!(
        data["accounts"],
        json!({"totalCount": 1, "nodes": [{"orgId": "10000"}]})
    );
    assert_eq!(
        data["connectionStats"]["byDispatcher"],
        json!([{"key": "echo", "total": 2, "online": 1}])
    );
    assert_eq!(
        data["connections"],
        json!({"totalCount": 1, "nodes": [{"clientId": "host-1"}], "pageInfo": {"hasNextPage": false}})
    );
    let history = &data["connection"]["stateHistory"]["nodes"];
    assert_eq!(
        history[0],
        json!({"version": 2, "previousState": "ONLINE", "state": "OFFLINE", "reason": "LINK_LOST"})
    );
    assert_eq!(history[1]["previousState"], Value::Null);

    // Presence keeps up with the clock although nobody says anything.
    let as_of = |data: &Value| data["server"]["presenceAsOf"].as_str().unwrap().to_owned();
    let before = as_of(&data);
    eventually(
        "presence moves on",
        || client.data("{ server { presenceAsOf } }", json!({})),
        |data| as_of(data) > before,
    )
    .await;
    platform.stop().await;
}
