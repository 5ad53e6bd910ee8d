//! A message is sent, arrives byte for byte as agents want it, and is answered.

use connector_testkit::{Subscription, TestPlatform, eventually};
use serde_json::{Value, json};

const SEND: &str = "mutation($input: SendMessageInput!) { sendMessage(input: $input) {
    duplicate message { id messageId state transitions { state } }
    errors { code path ... on DirectiveNotAvailableError { available } ... on ClientOfflineError { lastSeenAt } } } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_message_reaches_its_device_and_the_answer_comes_back() {
    let platform = TestPlatform::start().await;
    let client = platform.client();
    let mut device = platform.device("host-1").connect().await;
    device.report_online("m-1").await;
    eventually(
        "host-1 is there",
        || client.connection("host-1"),
        |seen| seen["state"] == "ONLINE",
    )
    .await;
    let received = "subscription { messageReceived { missed message { kind directive content responseTo { messageId state } } } }";
    let mut arrivals = Subscription::start(&client, received, json!({})).await;
    let mut moves = Subscription::start(
        &client,
        "subscription { messageStateChanged { seq previousState state } }",
        json!({}),
    )
    .await;

    let message_id = "5d2f4c7e-6a52-4b6e-93a1-0b7d9b9f6c11";
    let input = json!({
        "clientId": "host-1", "directive": "echo", "messageId": message_id,
        "content": {"n": 9_007_199_254_740_993_i64, "html": "<&>"}, "metadata": {"a": "b"},
    });
    let sent = client.data(SEND, json!({"input": input})).await["sendMessage"].take();
    assert_eq!(sent["errors"], json!([]));
    assert_eq!(
        (&sent["message"]["state"], &sent["duplicate"]),
        (&json!("PUBLISHED"), &json!(false))
    );

    let (topic, payload) = device.message().await;
    assert_eq!(topic, "redhat/insights/host-1/data/in");
    let text = String::from_utf8(payload).unwrap();
    let sent_at = serde_json::from_str::<Value>(&text).unwrap()["sent"]
        .as_str()
        .unwrap()
        .to_owned();
    let expected = format!(
        r#"{{"type":"data","message_id":"{message_id}","response_to":"","version":1,"sent":"{sent_at}","directive":"echo","metadata":{{"a":"b"}},"content":{{"html":"<&>","n":9007199254740993}}}}"#
    );
    let reordered = expected.replace(
        r#"{"html":"<&>","n":9007199254740993}"#,
        r#"{"n":9007199254740993,"html":"<&>"}"#,
    );
    assert!(
        text == format!("{expected}\n") || text == format!("{reordered}\n"),
        "{text}"
    );

    let answer = json!({"type": "data", "message_id": "a-1", "response_to": message_id, "version": 1,
        "sent": "2026-11-24T10:00:01Z", "directive": "echo", "metadata": {}, "content": {"done": true}});
    device.publish("data/out", answer.to_string()).await;

    let arrival = arrivals.event().await["messageReceived"]["message"].take();
    assert_eq!(
        (&arrival["kind"], &arrival["content"]),
        (&json!("DATA"), &json!({"done": true}))
    );
    assert_eq!(
        arrival["responseTo"],
        json!({"messageId": message_id, "state": "RESPONDED"})
    );
    let mut states = Vec::new();
    for _ in 0..3 {
        states.push(moves.event().await["messageStateChanged"]["state"].take());
    }
    assert_eq!(states, ["QUEUED", "PUBLISHED", "RESPONDED"]);
    let query = "query($id: UUID!) { message(messageId: $id) { state answerOverdue transitions { state }
        responses(first: 5) { totalCount nodes { content wireMessageId } } connection { clientId } } }";
    let message = client.data(query, json!({"id": message_id})).await["message"].take();
    assert_eq!(message["state"], "RESPONDED");
    assert_eq!(
        message["transitions"],
        json!([{"state": "QUEUED"}, {"state": "PUBLISHED"}, {"state": "RESPONDED"}])
    );
    assert_eq!(
        message["responses"]["nodes"],
        json!([{"content": {"done": true}, "wireMessageId": "a-1"}])
    );

    // The same request again gives the first result; another one under its id does not.
    let again = client.data(SEND, json!({"input": input})).await["sendMessage"].take();
    assert_eq!(
        (&again["duplicate"], &again["message"]["id"]),
        (&json!(true), &sent["message"]["id"])
    );
    let mut other = input.clone();
    other["content"] = json!("another");
    let conflict = client.data(SEND, json!({"input": other})).await["sendMessage"].take();
    assert_eq!(conflict["errors"][0]["code"], "IDEMPOTENCY_CONFLICT");
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_simulated_device_answers_ping_and_data_and_obeys_commands() {
    let platform = TestPlatform::start().await;
    let client = platform.client();
    let (stop, running) = platform.device("sim").simulate();
    eventually(
        "sim is online",
        || client.connection("sim"),
        |seen| seen["state"] == "ONLINE",
    )
    .await;

    let ping =
        "mutation { ping(input: { clientId: \"sim\" }) { message { messageId } errors { code } } }";
    let ping = client.data(ping, json!({})).await["ping"]["message"]["messageId"].take();
    let input = json!({"clientId": "sim", "directive": "echo", "content": [1, "two", null]});
    let echo =
        client.data(SEND, json!({"input": input})).await["sendMessage"]["message"]["messageId"]
            .take();
    let state = "query($id: UUID!) { message(messageId: $id) { state responses(first: 1) { nodes { kind content } } } }";
    for (id, kind, content) in [
        (ping, "EVENT", json!("pong")),
        (echo, "DATA", json!([1, "two", null])),
    ] {
        let message = eventually(
            "the answer is there",
            || client.data(state, json!({"id": id})),
            |data| data["message"]["state"] == "RESPONDED",
        )
        .await;
        assert_eq!(
            message["message"]["responses"]["nodes"],
            json!([{"kind": kind, "content": content}])
        );
    }

    let seen = "{ connection(clientId: \"sim\") { lastSeenAt } }";
    let before = client.data(seen, json!({})).await;
    let reconnect = "mutation { reconnect(input: { clientId: \"sim\", delaySeconds: 1 }) {
        message { state command content } errors { code } } }";
    let reconnect = client.data(reconnect, json!({})).await["reconnect"]["message"].take();
    assert_eq!(reconnect["state"], "PUBLISHED");
    assert_eq!(reconnect["command"], "RECONNECT");
    // It left without a word, came back after the delay and reported itself again.
    let back = |data: &Value| data != &before;
    eventually("sim is back", || client.data(seen, json!({})), back).await;

    stop.clean.cancel();
    running.await.unwrap();
    let seen = eventually(
        "sim is offline",
        || client.connection("sim"),
        |seen| seen["state"] == "OFFLINE",
    )
    .await;
    assert_eq!(seen["stateReason"], "REPORTED");
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sent_is_refused_with_the_reason() {
    let platform = TestPlatform::start().await;
    let client = platform.client();
    let mut device = platform.device("host-1").connect().await;
    device.report_online("m-1").await;
    eventually(
        "host-1 is there",
        || client.connection("host-1"),
        |seen| seen["state"] == "ONLINE",
    )
    .await;
    let refused =
        async |input: Value| client.data(SEND, json!({"input": input})).await["sendMessage"].take();

    let unknown = refused(json!({"clientId": "nobody", "directive": "echo"})).await;
    assert_eq!(
        (&unknown["message"], &unknown["errors"][0]["code"]),
        (&Value::Null, &json!("CLIENT_NOT_FOUND"))
    );
    let worker = refused(json!({"clientId": "host-1", "directive": "other"})).await;
    assert_eq!(
        (
            &worker["errors"][0]["code"],
            &worker["errors"][0]["available"]
        ),
        (&json!("DIRECTIVE_NOT_AVAILABLE"), &json!(["echo"]))
    );
    let metadata =
        refused(json!({"clientId": "host-1", "directive": "echo", "metadata": {"n": 1}})).await;
    assert_eq!(metadata["errors"][0]["code"], "INVALID_INPUT");
    let large =
        refused(json!({"clientId": "host-1", "directive": "echo", "content": "x".repeat(196_608)}))
            .await;
    assert_eq!(large["errors"][0]["code"], "MESSAGE_TOO_LARGE");
    drop(device);
    eventually(
        "host-1 is offline",
        || client.connection("host-1"),
        |seen| seen["state"] == "OFFLINE",
    )
    .await;
    let offline = refused(json!({"clientId": "host-1", "directive": "echo"})).await;
    assert_eq!(offline["errors"][0]["code"], "CLIENT_OFFLINE");
    assert!(offline["errors"][0]["lastSeenAt"].is_string());
    platform.stop().await;
}
