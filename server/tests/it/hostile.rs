//! Nothing a device sends harms anything, and the next good message works.

use connector_testkit::{TestPlatform, eventually};
use serde_json::json;

fn online(content: &serde_json::Value) -> Vec<u8> {
    json!({"type": "connection-status", "message_id": "m", "version": 1, "sent": "2026-11-24T10:00:00Z", "content": content}).to_string().into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_nasty_payload_is_survived_and_the_next_good_message_works() {
    let platform = TestPlatform::start().await;
    let client = platform.client();
    let nasty: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("null", b"null".to_vec()),
        ("a list", b"[]".to_vec()),
        ("half an object", b"{".to_vec()),
        ("200 KiB of [", vec![b'['; 200 * 1024]),
        ("not UTF-8", vec![0xff, 0xfe, 0]),
        ("content a string", online(&json!("online"))),
        ("facts a list", online(&json!({"state": "online", "canonical_facts": ["a"]}))),
        ("insights_id null", online(&json!({"state": "online", "canonical_facts": {"insights_id": null}}))),
        ("tags with numbers", online(&json!({"state": "online", "tags": {"n": 7}}))),
        ("dispatchers null", online(&json!({"state": "online", "dispatchers": null}))),
        ("NUL in a value", online(&json!({"state": "online", "canonical_facts": {"fqdn": "a\0b"}, "tags": {"k\0": "v\0"}}))),
        ("a long client name", online(&json!({"state": "online", "client_name": "x".repeat(1000)}))),
        ("sent in year 9999", br#"{"type":"connection-status","message_id":"z","sent":"9999-12-31T23:59:59Z","content":{"state":"online"}}"#.to_vec()),
        ("sent missing", br#"{"type":"connection-status","message_id":"y","content":{"state":"online"}}"#.to_vec()),
        ("unknown type", br#"{"type":"horoscope","message_id":"x","content":{}}"#.to_vec()),
        ("an answer too deep", format!(r#"{{"type":"data","content":{}{}}}"#, "[".repeat(50_000), "]".repeat(50_000)).into_bytes()),
        ("a deep answer", format!(r#"{{"type":"data","content":{}{}}}"#, "[".repeat(90), "]".repeat(90)).into_bytes()),
    ];
    let mut device = platform.device("host-1").connect().await;
    for (number, (what, payload)) in nasty.into_iter().enumerate() {
        let topic = if what.contains("answer") {
            "data/out"
        } else {
            "control/out"
        };
        device.publish(topic, payload).await;
        let good = json!({"type": "connection-status", "message_id": format!("good-{number}"),
            "content": {"state": "online", "tags": {"after": what}}});
        device.publish("control/out", good.to_string()).await;
        let expected = json!([{"key": "after", "value": what}]);
        eventually(
            what,
            || client.connection("host-1"),
            |seen| seen["tags"] == expected && seen["state"] == "ONLINE",
        )
        .await;
    }
    // The deep answer is stored, and can be asked for.
    let query = "{ messages(first: 5, filter: { direction: FROM_DEVICE }) { nodes { sizeBytes content } } }";
    let data = eventually(
        "the deep answer is there",
        || client.data(query, json!({})),
        |data| data["messages"]["nodes"][0].is_object(),
    )
    .await;
    assert_eq!(data["messages"]["nodes"][0]["sizeBytes"], 180);
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_over_the_brokers_limit_is_refused_by_the_broker_alone() {
    let platform = TestPlatform::start().await;
    let client = platform.client();
    let mut bystander = platform.device("host-2").connect().await;
    let mut device = platform.device("host-1").connect().await;
    assert!(
        device
            .publish_to("redhat/insights/host-1/control/out", vec![b' '; 300 * 1024])
            .await
            .is_err()
    );
    drop(device);
    let mut device = platform.device("host-1").connect().await;
    device.report_online("m-1").await;
    bystander.report_online("m-2").await;
    for id in ["host-1", "host-2"] {
        eventually(
            id,
            || client.connection(id),
            |seen| seen["state"] == "ONLINE",
        )
        .await;
    }
    platform.stop().await;
}
