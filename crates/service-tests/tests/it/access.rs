//! What Mosquitto, configured as deployed, lets a device do: nothing but speak and hear under its own name.

use std::time::Duration;

use connector_service_tests::Stack;
use serde_json::json;

use crate::until_state;

const PING: &str =
    "mutation($id: ID!) { ping(input: {clientId: $id}) { message { messageId } errors { code } } }";
const STATUS: &str =
    r#"{"type":"connection-status","message_id":"x","version":1,"content":{"state":"offline"}}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_device_neither_speaks_nor_hears_for_another() {
    let stack = Stack::start().await;
    let client = stack.client().await;
    let (own, other) = (stack.id("access-intruder"), stack.id("access-victim"));
    let mut victim = stack.services.device(&other).connect().await;
    victim.report_online("m-1").await;
    until_state(&client, &other, "ONLINE").await;

    let mut intruder = stack.services.device(&own).connect().await;
    let foreign = format!("redhat/insights/{other}/control/in");
    for filter in [foreign.as_str(), "redhat/insights/+/data/out", "#"] {
        // Granted or not, nothing must come.
        let _ = intruder.subscribe(filter).await;
    }
    // MQTT 3.1.1 acknowledges what it refuses.
    let _ = intruder
        .publish_to(&format!("redhat/insights/{other}/control/out"), STATUS)
        .await;
    let _ = intruder.publish_to(&foreign, STATUS).await;
    client.data(PING, json!({"id": other})).await;
    intruder.report_online("m-1").await;
    until_state(&client, &own, "ONLINE").await;
    client.data(PING, json!({"id": own})).await;

    // Whatever was meant for the other would have come first.
    let (topic, _) = intruder.message().await;
    assert_eq!(topic, format!("redhat/insights/{own}/control/in"));
    let (topic, command) = victim.json_message().await;
    assert_eq!(topic, format!("redhat/insights/{other}/control/in"));
    assert_eq!(command["type"], "command", "{command}");
    let seen = client.connection(&other).await;
    assert_eq!(
        (&seen["state"], &seen["version"]),
        (&json!("ONLINE"), &json!(1)),
        "{seen}"
    );
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_has_the_client_id_of_its_certificate_whatever_it_says() {
    let stack = Stack::start().await;
    let client = stack.client().await;
    let owner = stack.id("access-owner");
    let mut victim = stack.services.device(&owner).connect().await;
    let thief = stack.services.device(&stack.id("access-thief"));
    let mut first = thief.connect().await;

    for stolen in [owner.as_str(), "cloud-connector-mqtt-consumer"] {
        let mut again = thief.connect_as(stolen).await.unwrap();
        // The one it takes over is its own.
        assert!(
            first.is_cut_within(Duration::from_secs(10)).await,
            "{stolen}"
        );
        assert!(!again.is_cut_within(Duration::from_millis(200)).await);
        first = again;
    }
    victim.report_online("m-1").await;
    until_state(&client, &owner, "ONLINE").await;
    let losses = stack.mqtt_consumer.metrics().await;
    let losses: Vec<_> = losses
        .lines()
        .filter(|line| line.starts_with("connector_mqtt_losses_total"))
        .collect();
    assert!(losses.is_empty(), "the consumer lost its link: {losses:?}");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_devices_certificate_does_not_open_the_service_listener() {
    let stack = Stack::start().await;
    for name in ["access-plain", "cloud-connector-consumer"] {
        let device = stack.services.device_at_the_service_listener(name);
        let refused = device.connect_as(name).await.err();
        assert!(refused.is_some(), "{name} came in");
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_too_large_is_never_acknowledged() {
    let stack = Stack::start().await;
    let id = stack.id("access-large");
    let topic = format!("redhat/insights/{id}/data/out");
    let mut device = stack.services.device(&id).connect().await;
    let largest = device.publish_to(&topic, vec![b'a'; 262_144]).await;
    assert_eq!(largest, Ok(()));
    let larger = device.publish_to(&topic, vec![b'a'; 300_000]).await;
    assert!(larger.is_err(), "acknowledged, and dropped");
    stack.stop().await;
}
