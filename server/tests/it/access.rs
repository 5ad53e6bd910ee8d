//! Who may connect as whom, and who may call.

use std::time::Duration;

use connector_domain::caller::Permission;
use connector_testkit::{Client, TestPlatform, eventually};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_who_its_certificate_says_and_speaks_for_nobody_else() {
    let platform = TestPlatform::start().await;
    let client = platform.client();
    let mut victim = platform.device("host-2").connect().await;
    victim.report_online("m-1").await;
    eventually(
        "host-2 is there",
        || client.connection("host-2"),
        |seen| seen["state"] == "ONLINE",
    )
    .await;

    let intruder = platform.device("host-1");
    for other in [
        "host-2",
        "cloud-connector-mqtt-consumer",
        "cloud-connector-api",
    ] {
        assert!(
            intruder.connect_as(other).await.is_err(),
            "connected as {other}"
        );
    }
    assert!(
        !victim.is_cut_within(Duration::from_millis(300)).await,
        "the victim's link was cut"
    );

    let mut intruder = intruder.connect().await;
    let status = json!({"type": "connection-status", "message_id": "x", "content": {"state": "offline", "canonical_facts": {"a": 1}}});
    // 3.1.1 has no refusal for a publish: it is acknowledged and dropped, or the link is cut.
    let _ = intruder
        .publish_to("redhat/insights/host-2/control/out", status.to_string())
        .await;
    victim
        .publish(
            "control/out",
            r#"{"type":"event","message_id":"later","content":"pong"}"#,
        )
        .await;
    let seen =
        "{ connection(clientId: \"host-2\") { state version messages(first: 1) { totalCount } } }";
    let seen = eventually(
        "the later event is there",
        || client.data(seen, json!({})),
        |data| data["connection"]["messages"]["totalCount"] == 1,
    )
    .await;
    assert_eq!(
        (&seen["connection"]["state"], &seen["connection"]["version"]),
        (&json!("ONLINE"), &json!(1))
    );

    // The consumer's session still works.
    victim.publish("control/out", r#"{"type":"connection-status","message_id":"y","content":{"state":"offline","canonical_facts":{"a":1}}}"#).await;
    eventually(
        "host-2 is offline",
        || client.connection("host-2"),
        |seen| seen["state"] == "OFFLINE",
    )
    .await;
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_no_data_and_another_organisation_sees_nothing() {
    let platform = TestPlatform::start().await;
    let mut device = platform.device("host-1").connect().await;
    device.report_online("m-1").await;
    let own = platform.client();
    eventually(
        "host-1 is there",
        || own.connection("host-1"),
        |seen| seen["state"] == "ONLINE",
    )
    .await;

    let forged = format!("{}x", own.token);
    for token in ["", "x", &forged] {
        let client = Client::new(platform.base(), token.to_owned());
        let response = client
            .execute(
                "{ connection(clientId: \"host-1\") { clientId } }",
                json!({}),
            )
            .await;
        assert_eq!(
            response["errors"][0]["extensions"]["code"],
            "UNAUTHENTICATED"
        );
        assert!(response["errors"][0]["extensions"]["requestId"].is_string());
        assert!(response.get("data").is_none());
    }

    let other = platform.client_of(
        Some("20000"),
        vec![Permission::ConnectionRead, Permission::MessageRead],
    );
    let query = "{ connection(clientId: \"host-1\") { clientId } connectionStats { total } connections(first: 5) { nodes { clientId } }
        account { orgId } accounts(first: 5) { nodes { orgId } } messages(first: 5) { nodes { messageId } } }";
    let data = other.data(query, json!({})).await;
    assert_eq!(
        (&data["connection"], &data["connectionStats"]["total"]),
        (&Value::Null, &json!(0))
    );
    assert_eq!(
        (&data["connections"]["nodes"], &data["accounts"]["nodes"]),
        (&json!([]), &json!([]))
    );

    let every = platform.client_of(
        None,
        vec![Permission::ConnectionRead, Permission::CrossTenant],
    );
    assert_eq!(every.connection("host-1").await["clientId"], "host-1");
    let response = every
        .execute("{ messages(first: 5) { nodes { messageId } } }", json!({}))
        .await;
    assert_eq!(response["errors"][0]["extensions"]["code"], "FORBIDDEN");
    platform.stop().await;
}
