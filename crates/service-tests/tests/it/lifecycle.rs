//! Stopping in order loses nothing, and readiness names what is down.

use connector_service_tests::{Service, Stack};
use connector_testkit::eventually;
use serde_json::{Value, json};

use crate::until_state;

const COUNT: &str = "query($id: ID!) { connection(clientId: $id) { messages(first: 1, filter: {direction: FROM_DEVICE}) { totalCount } } }";
const MESSAGES: usize = 300;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_stored_though_every_role_is_stopped_meanwhile() {
    let mut stack = Stack::start().await;
    let client = stack.client().await;
    let id = stack.id("drained");
    let mut device = stack.services.device(&id).connect().await;
    device.report_online("m-1").await;
    until_state(&client, &id, "ONLINE").await;

    for number in 0..MESSAGES {
        let data = json!({"type": "data", "message_id": format!("d-{number}"), "response_to": "", "version": 1,
            "sent": "2026-11-24T10:00:01Z", "directive": "echo", "metadata": {}, "content": {"number": number}});
        device.publish("data/out", data.to_string()).await;
        if number == MESSAGES / 3 {
            let successor = stack.new_mqtt_consumer();
            std::mem::replace(&mut stack.mqtt_consumer, successor)
                .terminate()
                .await;
        }
        if number == MESSAGES / 2 {
            for _ in 0..stack.kafka_consumers.len() {
                let successor = stack.new_kafka_consumer();
                stack.kafka_consumers.push(successor);
                stack.kafka_consumers.remove(0).terminate().await;
            }
        }
    }

    let look = || async {
        let found = client.data(COUNT, json!({"id": id})).await;
        found["connection"]["messages"]["totalCount"].clone()
    };
    eventually("every message is there once", look, |count: &Value| {
        count == MESSAGES
    })
    .await;
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_names_mosquitto_while_it_is_down_and_recovers() {
    let stack = Stack::start().await;
    stack.services.stop(Service::Mosquitto).await;
    let report = stack.api_server.until_down(&["mqtt"]).await;
    assert_eq!(report["ready"], false);
    stack.mqtt_consumer.until_down(&["mqtt"]).await;
    // It needs no broker.
    assert_eq!(stack.kafka_consumers[0].readiness().await["ready"], true);

    stack.services.start(Service::Mosquitto).await;
    stack.api_server.until_ready().await;
    stack.mqtt_consumer.until_ready().await;
    let client = stack.client().await;
    let id = stack.id("after-mosquitto");
    let mut device = stack.services.device(&id).connect().await;
    device.report_online("m-1").await;
    until_state(&client, &id, "ONLINE").await;
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_names_kafka_while_it_is_down_and_nothing_acknowledged_is_lost() {
    let stack = Stack::start().await;
    let client = stack.client().await;
    let id = stack.id("while-kafka-is-down");
    let mut device = stack.services.device(&id).connect().await;
    stack.services.stop(Service::Kafka).await;
    stack.api_server.until_down(&["kafka"]).await;
    stack.mqtt_consumer.until_down(&["kafka"]).await;
    stack.kafka_consumers[0].until_down(&["kafka"]).await;
    // Mosquitto acknowledges; the consumer does not, until Kafka has it.
    device.report_online("m-1").await;

    stack.services.start(Service::Kafka).await;
    for role in [&stack.api_server, &stack.mqtt_consumer]
        .into_iter()
        .chain(&stack.kafka_consumers)
    {
        role.until_ready().await;
    }
    // Kafka may take so long to start that the broker has given the idle device up meanwhile.
    let look = || client.connection(&id);
    let what = "what the device said is stored";
    eventually(what, look, |seen| seen["clientName"] == "yggdrasil").await;
    stack.stop().await;
}
