//! The ingress topic is the existing service's: either side can be swapped alone. kcat stands for the other one.

use connector_service_tests::{Record, Stack};
use connector_testkit::eventually;
use serde_json::json;

use crate::until_state;

const INGRESS: &str = "platform.cloud-connector.rhc-message-ingress";

#[tokio::test(flavor = "multi_thread")]
async fn the_ingress_topic_has_key_three_headers_and_the_raw_payload() {
    let stack = Stack::start().await;
    let id = stack.id("ingress-seen");
    let mut device = stack.services.device(&id).connect().await;
    let payload = "{ \"type\":\"event\",\r\n\"version\" : 1, \"message_id\":\"e-1\", \"content\":\"Zürich\" }\n";
    device.publish("control/out", payload).await;

    let look = || stack.services.records(INGRESS, &id);
    let seen = eventually("the record is there", look, |seen| !seen.is_empty()).await;

    let [record] = seen.as_slice() else {
        panic!("one message, one record: {seen:?}")
    };
    assert_eq!(record.value, payload);
    let names: Vec<_> = record
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["topic", "mqtt_message_id", "date_received"]);
    let [topic, packet, received] = [0, 1, 2].map(|index| record.headers[index].1.as_str());
    assert_eq!(topic, format!("redhat/insights/{id}/control/out"));
    assert!(packet.parse::<u16>().is_ok(), "{packet}");
    let (seconds, fraction) = received.split_at(19);
    assert_eq!(seconds.as_bytes()[10], b'T', "{received}");
    assert!(
        fraction.starts_with('.') && fraction.ends_with('Z') && fraction.len() == 11,
        "nanoseconds in UTC: {received}"
    );
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_of_the_existing_service_is_applied() {
    let stack = Stack::start().await;
    let client = stack.client().await;
    let id = stack.id("existing-service");
    let topic = format!("redhat/insights/{id}/control/out");
    let online = json!({
        "type": "connection-status", "message_id": "7d4e4e12-4f0c-4a3e-9f6c-2f6f0f8a1b11", "version": 1,
        "sent": "2026-11-24T10:00:00Z",
        "content": {"state": "online", "canonical_facts": {"fqdn": "old.example.com"}, "dispatchers": {"rhc-worker-playbook": {}},
            "tags": {"site": "north"}},
    })
    .to_string();
    let record = Record {
        key: &id,
        headers: &[
            ("topic", topic.as_str()),
            ("mqtt_message_id", "7"),
            ("date_received", "2026-11-24T10:00:00.123456789Z"),
        ],
        value: &online,
    };
    stack.services.produce(INGRESS, &record).await;

    until_state(&client, record.key, "ONLINE").await;
    let seen = client.connection(record.key).await;
    assert_eq!(seen["canonicalFacts"]["fqdn"], "old.example.com", "{seen}");
    assert_eq!(
        seen["dispatchers"],
        json!([{"name": "rhc-worker-playbook"}])
    );
    assert_eq!(seen["tags"], json!([{"key": "site", "value": "north"}]));
    stack.stop().await;
}
