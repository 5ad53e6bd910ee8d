//! From the log to records, messages and events.

use connector_domain::clock::Clock as _;
use connector_domain::connection::{ConnectionState, ConnectionStateReason};
use connector_domain::id::{CallerName, ClientId, MessageId, OrgId};
use connector_domain::json::JsonText;
use connector_domain::message::{
    Message, MessageDirection, MessageKind, MessageState, NewMessage, SEND_LEASE,
};
use connector_domain::port::{ConnectionReader as _, MessageReader as _, MessageSender as _};
use connector_domain::scope::Scope;
use connector_domain::wire::Channel;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

use crate::fake::{Stage, control, data, eventually, online};

fn will() -> Value {
    json!({"type": "connection-status", "message_id": "will", "content": {"state": "offline"}})
}

/// A message to host-1, stored and not published.
pub async fn sent(stage: &Stage, id: u128) -> MessageId {
    let message_id = MessageId::from(Uuid::from_u128(id));
    let message = Message {
        client_id: ClientId::parse("host-1").expect("valid"),
        message_id,
        wire_message_id: None,
        org_id: Some(OrgId::parse("10000").expect("valid")),
        direction: MessageDirection::ToDevice,
        kind: MessageKind::Data,
        directive: Some("echo".to_owned()),
        command: None,
        content: Some(JsonText::of(&json!("hello"))),
        metadata: None,
        size_bytes: 7,
        state: MessageState::Queued,
        seq: 1,
        failure: None,
        sent_by: Some(CallerName::parse("tests").expect("valid")),
        created_at: stage.clock.now(),
        device_sent: None,
        expires_at: Some(stage.clock.now().plus(Duration::from_hours(1))),
        redelivered: false,
        response_to: None,
    };
    let new = NewMessage {
        message,
        request_hash: String::new(),
        lease_until: stage.clock.now().plus(SEND_LEASE),
        audit: None,
    };
    stage.store.memory.accept(new).await.expect("accepted");
    message_id
}

/// The messages with this id, as the API sees them.
pub async fn message(stage: &Stage, message_id: MessageId) -> Message {
    let every_org = Scope::every_org();
    let found = stage.store.memory.messages_by_id(&every_org, message_id);
    found.await.expect("there").remove(0)
}

#[tokio::test]
async fn a_change_is_stored_told_as_an_event_and_kept_as_a_whole() {
    let mut stage = Stage::set();
    control(&stage, "host-1", online("m-1", "agent")).await;
    control(&stage, "host-2", online("m-1", "agent")).await;
    control(&stage, "host-1", will()).await;
    stage.play().await;
    let told: Vec<(Value, Value, Value)> = stage
        .log
        .json("connection-events")
        .iter()
        .filter(|event| event["subject"] == "host-1")
        .map(|event| {
            let data = &event["data"];
            (
                data["version"].clone(),
                data["kind"].clone(),
                data["after"]["reason"].clone(),
            )
        })
        .collect();
    let expected = [
        (json!(1), json!("APPEARED"), json!("REPORTED")),
        (json!(2), json!("STATE"), json!("LINK_LOST")),
    ];
    assert_eq!(told, expected);
    let kept = stage.log.records("connection-state");
    assert_eq!(kept.len(), 2, "one per device of the batch");
    let connection = stage.connection("host-1").await.expect("there");
    let whole = serde_json::to_vec(&connection).expect("JSON");
    let last = kept
        .iter()
        .rfind(|record| record.key.as_deref() == Some(b"host-1"));
    assert_eq!(
        last.and_then(|record| record.value.as_deref()),
        Some(&whole[..])
    );
}

#[tokio::test]
async fn a_device_heard_on_the_data_channel_is_back() {
    let mut stage = Stage::set();
    control(&stage, "host-1", online("m-1", "agent")).await;
    control(&stage, "host-1", will()).await;
    stage.says("host-1", Channel::Data, "").await;
    stage.start();
    eventually("the signal is written", || {
        stage.log.records("control").len() == 3
    })
    .await;
    stage.is_read().await;
    let signal = stage.log.records("control").pop().expect("there");
    assert_eq!(signal.header("signal"), Some("seen"));
    assert_eq!(
        signal.header("topic"),
        None,
        "the existing service skips it"
    );
    let connection = stage.connection("host-1").await.expect("there");
    assert_eq!(
        (connection.state, connection.reason, connection.version),
        (ConnectionState::Online, ConnectionStateReason::Seen, 3)
    );
    stage.stop().await;
}

#[tokio::test]
async fn the_will_of_a_former_link_that_is_read_late_does_not_hide_a_device_heard_since() {
    let mut stage = Stage::set();
    control(&stage, "host-1", online("m-1", "agent")).await;
    stage.clock.advance(Duration::from_millis(1));
    let dropped = stage.clock.now();
    stage.says("host-1", Channel::Data, "").await;
    stage.play().await;
    stage
        .said("host-1", Channel::Control, dropped, will().to_string())
        .await;
    stage.play().await;
    let connection = stage.connection("host-1").await.expect("there");
    assert_eq!(
        (connection.state, connection.version),
        (ConnectionState::Online, 1)
    );
}

#[tokio::test]
async fn data_heard_before_the_will_brings_nobody_back() {
    let mut stage = Stage::set();
    control(&stage, "host-1", online("m-1", "agent")).await;
    data(
        &stage,
        "host-1",
        json!({"type": "data", "message_id": "d-1", "content": 1}),
    )
    .await;
    control(&stage, "host-1", will()).await;
    stage.play().await;
    assert_eq!(stage.log.records("control").len(), 2, "no signal");
    let connection = stage.connection("host-1").await.expect("there");
    assert_eq!(connection.state, ConnectionState::Offline);
}

#[tokio::test]
async fn an_online_device_that_sends_data_is_seen_at_most_once_a_minute_but_at_once_when_it_connects()
 {
    let mut stage = Stage::set();
    control(&stage, "host-1", online("m-1", "agent")).await;
    stage.play().await;
    let first = stage
        .connection("host-1")
        .await
        .expect("there")
        .last_seen_at;
    data(&stage, "host-1", json!({"type": "data", "content": 1})).await;
    stage.play().await;
    assert_eq!(
        stage
            .connection("host-1")
            .await
            .expect("there")
            .last_seen_at,
        first
    );
    stage.says("host-1", Channel::Data, "").await;
    stage.play().await;
    let connected = stage
        .connection("host-1")
        .await
        .expect("there")
        .last_seen_at;
    assert_eq!(connected, stage.clock.now());
    stage.clock.advance(Duration::from_mins(1));
    data(&stage, "host-1", json!({"type": "data", "content": 2})).await;
    stage.play().await;
    let later = stage
        .connection("host-1")
        .await
        .expect("there")
        .last_seen_at;
    assert_eq!(later, stage.clock.now());
}

#[tokio::test]
async fn reading_everything_again_at_once_moves_no_sign_of_life() {
    let mut stage = Stage::set();
    control(&stage, "host-1", online("m-1", "agent")).await;
    stage.says("host-1", Channel::Data, "").await;
    stage.play().await;
    data(&stage, "host-1", json!({"type": "data", "content": 1})).await;
    stage.play().await;
    let before = stage.connection("host-1").await.expect("there");

    // This time the message that tells of the connection and the one after it are in one batch.
    stage.reader.forget();
    stage.play().await;
    let after = stage.connection("host-1").await.expect("there");
    assert_eq!(after, before);
}

#[tokio::test]
async fn answers_move_the_messages_they_answer() {
    let mut stage = Stage::set();
    control(&stage, "host-1", online("m-1", "agent")).await;
    let [taken, refused, pinged, foreign] = [
        sent(&stage, 1).await,
        sent(&stage, 2).await,
        sent(&stage, 3).await,
        sent(&stage, 4).await,
    ];
    let answer = |id: &str, to: MessageId, content: Value| json!({"type": "data", "message_id": id, "response_to": to, "directive": "echo", "content": content});
    data(&stage, "host-1", answer("a-1", taken, json!({"ok": true}))).await;
    data(&stage, "host-1", answer("a-2", refused, json!("rejected"))).await;
    let pong =
        json!({"type": "event", "message_id": "a-3", "response_to": pinged, "content": "pong"});
    control(&stage, "host-1", pong).await;
    data(&stage, "host-2", answer("a-4", foreign, json!("mine"))).await;
    stage.play().await;
    assert_eq!(message(&stage, taken).await.state, MessageState::Responded);
    assert_eq!(message(&stage, refused).await.state, MessageState::Rejected);
    assert_eq!(message(&stage, pinged).await.state, MessageState::Responded);
    assert_eq!(
        message(&stage, foreign).await.state,
        MessageState::Queued,
        "another device's answer"
    );
    let told = stage.log.json("message-events");
    let answered: Vec<&Value> = told
        .iter()
        .filter(|event| event["data"]["message"]["direction"] == "TO_DEVICE")
        .map(|event| &event["data"]["message"]["state"])
        .collect();
    assert_eq!(answered.len(), 3);
    let arrived = told
        .iter()
        .filter(|event| event["data"]["message"]["direction"] == "FROM_DEVICE")
        .count();
    assert_eq!(arrived, 4);
}

#[tokio::test]
async fn presence_is_as_of_now_where_everything_is_read() {
    let mut stage = Stage::set();
    control(&stage, "host-1", online("m-1", "agent")).await;
    stage.start();
    stage.is_read().await;
    stage.clock.advance(Duration::from_secs(9));
    let store = stage.store.memory.clone();
    let deadline = tokio::time::Instant::now() + Duration::from_secs(5);
    while store.presence_as_of().await.expect("there") != Some(stage.clock.now()) {
        assert!(
            tokio::time::Instant::now() < deadline,
            "progress is never noted"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stage.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_silent_partition_does_not_hold_presence_back_while_others_are_busy() {
    let mut stage = Stage::set();
    stage.start();
    let store = stage.store.memory.clone();
    let begun = stage.clock.now();
    while store.presence_as_of().await.expect("there") != Some(begun) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    let mut n = 0;
    // More often than the consumer waits for, so that it never finds nothing.
    while store.presence_as_of().await.expect("there") <= Some(begun) {
        assert!(
            tokio::time::Instant::now() < deadline,
            "progress of the silent partitions is never noted"
        );
        n += 1;
        control(&stage, "host-1", online(&format!("m-{n}"), "agent")).await;
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    stage.stop().await;
}
