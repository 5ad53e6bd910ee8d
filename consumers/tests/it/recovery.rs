//! What is away is waited for, what is refused is set aside, and a crash loses and repeats nothing.

use std::time::Duration;

use bytes::Bytes;
use connector_domain::clock::Clock as _;
use connector_domain::connection::{
    ConnectionState, DeviceBatch, DeviceInput, DeviceRecord, OfflineCause, Status,
};
use connector_domain::id::ClientId;
use connector_domain::port::{ConnectionLedger as _, OutgoingRecord};
use connector_domain::scope::IngestScope;
use connector_domain::stamp::Position;
use connector_domain::tenant::TenantLookup;
use connector_domain::wire::Channel;
use serde_json::json;

use crate::fake::{Stage, control, data, eventually, online};

#[tokio::test]
async fn a_database_that_is_away_loses_nothing() {
    let mut stage = Stage::set();
    stage.store.set_away(true);
    for n in 0..20 {
        control(&stage, &format!("host-{n}"), online("m-1", "agent")).await;
        data(
            &stage,
            &format!("host-{n}"),
            json!({"type": "data", "message_id": "d", "content": n}),
        )
        .await;
    }
    stage.start();
    eventually("it is tried again", || {
        stage.store.attempts_while_away() >= 2
    })
    .await;
    assert!(!stage.reader.is_done(), "nothing is acknowledged");
    // Shutdown does not wait for the database.
    stage.stop().await;
    assert!(!stage.reader.is_done(), "nothing is acknowledged");
    stage.start();
    let attempts = stage.store.attempts_while_away();
    eventually("it is tried again", || {
        stage.store.attempts_while_away() > attempts
    })
    .await;
    stage.store.set_away(false);
    stage.is_read().await;
    assert_eq!(stage.log.records("connection-events").len(), 20);
    assert_eq!(stage.log.records("message-events").len(), 20);
    assert_eq!(stage.log.records("dead-letter").len(), 0);
    stage.stop().await;
}

#[tokio::test]
async fn what_the_database_refuses_is_set_aside_alone() {
    let mut stage = Stage::set();
    for n in 0..7 {
        let host = format!("host-{n}");
        control(&stage, &host, online("m-1", "before")).await;
        let name = if n == 4 { "poison" } else { "after" };
        control(&stage, &host, online("m-2", name)).await;
        let directive = if n == 2 { "poison" } else { "echo" };
        data(
            &stage,
            &host,
            json!({"type": "data", "message_id": "d", "directive": directive, "content": n}),
        )
        .await;
    }
    control(&stage, "host-4", online("m-3", "cured")).await;
    stage.play().await;
    for n in 0..7 {
        let connection = stage.connection(&format!("host-{n}")).await.expect("there");
        assert_eq!(connection.state, ConnectionState::Online);
        let name = connection.details.and_then(|details| details.client_name);
        assert_eq!(
            name.as_deref(),
            Some(if n == 4 { "cured" } else { "after" })
        );
    }
    assert_eq!(stage.log.records("message-events").len(), 6);
    let dead = stage.log.records("dead-letter");
    let mut keys: Vec<_> = dead
        .iter()
        .filter_map(|record| record.key.as_deref())
        .collect();
    keys.sort_unstable();
    assert_eq!(keys, [&b"host-2"[..], b"host-4"]);
    assert!(dead.iter().all(|record| {
        record
            .header("error")
            .is_some_and(|error| error.starts_with("refused by the database"))
    }));
}

#[tokio::test]
async fn after_a_crash_exactly_what_was_not_told_is_told() {
    let mut stage = Stage::set();
    control(&stage, "host-1", online("m-1", "agent")).await;
    data(
        &stage,
        "host-1",
        json!({"type": "data", "message_id": "d-1", "content": 1}),
    )
    .await;
    stage.play().await;
    control(&stage, "host-1", online("m-2", "newer agent")).await;
    control(&stage, "host-2", online("m-1", "agent")).await;
    data(
        &stage,
        "host-1",
        json!({"type": "data", "message_id": "d-2", "content": 2}),
    )
    .await;
    // Committed, and then the events do not get out; then the process dies.
    stage.log.fail("connection-events", [true; 1_000]);
    stage.start();
    eventually("an event does not get out", || stage.log.failed() > 0).await;
    stage.crash().await;
    assert_eq!(stage.log.records("connection-events").len(), 1);

    stage.log.heal();
    stage.play().await;
    let ids = |topic: &str| {
        let mut ids: Vec<String> = stage
            .log
            .json(topic)
            .iter()
            .map(|event| event["id"].as_str().expect("text").to_owned())
            .collect();
        ids.sort();
        ids
    };
    assert_eq!(
        ids("connection-events"),
        ["host-1/1", "host-1/2", "host-2/1"]
    );
    let messages = ids("message-events");
    assert_eq!(messages.len(), 2, "each arrival once: {messages:?}");

    // And again from the start: all of it is known and told.
    stage.reader.forget();
    stage.play().await;
    assert_eq!(stage.log.records("connection-events").len(), 3);
    assert_eq!(stage.log.records("message-events").len(), 2);
}

#[tokio::test]
async fn who_tells_late_what_another_has_changed_since_leaves_the_newest_record_for_a_rebuild() {
    let mut stage = Stage::set();
    control(&stage, "host-1", online("m-1", "agent")).await;
    stage.store.hold();
    stage.start();
    eventually("it is committed", || stage.store.waiting() == 1).await;
    // Its partition goes to another meanwhile, which applies and tells what comes next.
    let client_id = ClientId::parse("host-1").expect("valid");
    let record = DeviceRecord {
        position: Position {
            stamp: stage.clock.now().plus(Duration::from_secs(1)),
            partition: 0,
            offset: 1,
        },
        input: DeviceInput::Status {
            message_id: "m-2".to_owned(),
            status: Status::Offline(OfflineCause::Reported),
        },
    };
    let batch = DeviceBatch {
        client_id,
        tenant: TenantLookup::Unavailable,
        records: vec![record],
    };
    let scope = IngestScope::issue();
    let applied = stage.store.memory.apply(scope, &[batch]).await;
    let newer = applied.expect("applied").changed.remove(0);
    stage
        .append(OutgoingRecord {
            topic: "connection-state".to_owned(),
            key: Some(Bytes::from_static(b"host-1")),
            headers: Vec::new(),
            value: Some(serde_json::to_vec(&newer).expect("JSON").into()),
        })
        .await;
    stage.store.let_go();
    stage.is_read().await;
    stage.stop().await;
    let versions: Vec<i64> = stage
        .log
        .json("connection-state")
        .iter()
        .filter_map(|row| row["version"].as_i64())
        .collect();
    assert_eq!(versions.first(), Some(&2), "the other was first");
    assert_eq!(versions.last(), Some(&2), "{versions:?}");
}

#[tokio::test]
async fn an_outage_of_the_events_topics_delays_and_loses_nothing() {
    let mut stage = Stage::set();
    stage.log.fail("connection-events", [true]);
    stage.log.fail("message-events", [true]);
    control(&stage, "host-1", online("m-1", "agent")).await;
    stage
        .says(
            "host-1",
            Channel::Data,
            r#"{"type":"data","message_id":"d","content":1}"#,
        )
        .await;
    stage.play().await;
    assert_eq!(stage.log.records("connection-events").len(), 1);
    assert_eq!(stage.log.records("message-events").len(), 1);
}
