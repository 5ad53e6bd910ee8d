//! What the platform is for, through every process.

use connector_service_tests::{Stack, StackOptions};
use connector_testkit::{Client, Online, eventually};
use serde_json::{Value, json};

use crate::until_state;

const SEND: &str = "mutation($input: SendMessageInput!) { sendMessage(input: $input) {
    message { messageId state } errors { code } } }";
const MESSAGE: &str = "query($id: UUID!) { message(messageId: $id) { state responses(first: 5) { nodes { content } } } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_seen_and_answers_and_its_will_takes_it_offline() {
    let stack = Stack::start().await;
    let client = stack.client().await;
    let id = stack.id("round-trip");
    let mut device = stack.services.device(&id).connect().await;
    device.report_online("m-1").await;
    until_state(&client, &id, "ONLINE").await;

    send_and_answer(&client, &mut device, &id).await;

    // Dropped without a word, as a cut cable does.
    drop(device);
    until_state(&client, &id, "OFFLINE").await;
    let seen = client.connection(&id).await;
    assert_eq!(seen["stateReason"], "LINK_LOST", "{seen}");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_over_tls_with_user_and_password_at_kafka() {
    let options = StackOptions {
        kafka_consumers: 1,
        secure_kafka: true,
    };
    let stack = Stack::start_with(options).await;
    let client = stack.client().await;
    let id = stack.id("secure-kafka");
    let mut device = stack.services.device(&id).connect().await;
    device.report_online("m-1").await;
    until_state(&client, &id, "ONLINE").await;
    send_and_answer(&client, &mut device, &id).await;
    stack.stop().await;
}

async fn send_and_answer(client: &Client, device: &mut Online, client_id: &str) {
    let input = json!({"clientId": client_id, "directive": "echo", "content": {"n": 1}});
    let sent = client.data(SEND, json!({"input": input})).await["sendMessage"].take();
    assert_eq!(sent["message"]["state"], "PUBLISHED", "{sent}");
    let id = sent["message"]["messageId"].clone();

    let (topic, received) = device.json_message().await;
    assert_eq!(topic, format!("redhat/insights/{client_id}/data/in"));
    assert_eq!(
        (&received["message_id"], &received["content"]),
        (&id, &json!({"n": 1}))
    );

    let answer = json!({"type": "data", "message_id": format!("{client_id}-answer"), "response_to": id, "version": 1,
        "sent": "2026-11-24T10:00:01Z", "directive": "echo", "metadata": {}, "content": {"done": true}});
    device.publish("data/out", answer.to_string()).await;
    let look = || async { client.data(MESSAGE, json!({"id": id})).await["message"].take() };
    let responded = |message: &Value| message["state"] == "RESPONDED";
    let message = eventually("the message is answered", look, responded).await;
    assert_eq!(
        message["responses"]["nodes"],
        json!([{"content": {"done": true}}])
    );
}
