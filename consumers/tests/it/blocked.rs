//! What blocked devices say is set aside, and nothing is sent to them.

use connector_domain::audit::AuditOperation;
use connector_domain::block::DeviceBlock;
use connector_domain::clock::Clock as _;
use connector_domain::connection::ConnectionState;
use connector_domain::id::{CallerName, ClientId};
use connector_domain::port::{BlockLedger, Blocked};
use connector_domain::stamp::Stamp;
use connector_domain::wire::Channel;
use connector_store_memory::sample::asked;
use serde_json::{Value, json};

use crate::fake::{Stage, control, data, online};

fn client(id: &str) -> ClientId {
    ClientId::parse(id).expect("valid")
}

fn will() -> Value {
    let content = json!({"state": "offline", "canonical_facts": null});
    json!({"type": "connection-status", "message_id": "will", "content": content})
}

/// Blocks a device from now on.
async fn block(stage: &Stage, id: &str) {
    stage.clock.advance(std::time::Duration::from_millis(1));
    let block = DeviceBlock {
        client_id: client(id),
        org_id: None,
        blocked_at: stage.clock.now(),
        blocked_by: CallerName::parse("operator").expect("valid"),
        reason: "stolen".to_owned(),
        lifted_at: None,
    };
    let entry = asked(&*stage.clock, AuditOperation::BlockDevice);
    let blocked = stage
        .store
        .memory
        .block(block, &entry)
        .await
        .expect("stored");
    assert!(matches!(blocked, Blocked::Now(_)));
}

async fn unblock(stage: &Stage, id: &str) {
    stage.clock.advance(std::time::Duration::from_millis(1));
    let entry = asked(&*stage.clock, AuditOperation::UnblockDevice);
    let (ledger, at) = (&stage.store.memory, stage.clock.now());
    let lifted = ledger.unblock(&client(id), at, &entry).await;
    assert!(lifted.expect("stored").is_some());
}

fn aside(stage: &Stage) -> Vec<String> {
    let letters = stage.log.records("dead-letter");
    let why = letters.iter().filter_map(|letter| letter.header("error"));
    why.map(str::to_owned).collect()
}

async fn state(stage: &Stage, id: &str) -> Option<ConnectionState> {
    Some(stage.connection(id).await?.state)
}

#[tokio::test]
async fn what_a_blocked_device_says_is_set_aside_and_others_go_on() {
    let mut stage = Stage::set();
    control(&stage, "host-1", online("m-1", "agent")).await;
    stage.play().await;
    block(&stage, "host-1").await;
    let since = stage.clock.now();
    control(&stage, "host-1", online("m-2", "other-agent")).await;
    control(
        &stage,
        "host-1",
        json!({"type": "event", "content": "pong"}),
    )
    .await;
    data(&stage, "host-1", json!({"type": "data", "content": 1})).await;
    stage.says("host-1", Channel::Data, "").await;
    stage.says("host-1", Channel::Control, "nonsense").await;
    control(&stage, "host-2", online("m-1", "agent")).await;
    stage.play().await;
    let why = format!("blocked device: since {since}");
    assert_eq!(aside(&stage), vec![why; 5]);
    let connection = stage.connection("host-1").await.expect("there");
    assert_eq!(connection.version, 1);
    assert_eq!(state(&stage, "host-2").await, Some(ConnectionState::Online));
    assert_eq!(stage.log.records("message-events").len(), 0);
}

#[tokio::test]
async fn that_a_blocked_device_is_gone_is_heard_and_nothing_brings_it_back_before_it_is_unblocked()
{
    let mut stage = Stage::set();
    control(&stage, "host-1", online("m-1", "agent")).await;
    stage.play().await;
    block(&stage, "host-1").await;
    control(&stage, "host-1", will()).await;
    stage.says("host-1", Channel::Data, "").await;
    stage.play().await;
    assert_eq!(
        state(&stage, "host-1").await,
        Some(ConnectionState::Offline)
    );
    unblock(&stage, "host-1").await;
    control(&stage, "host-1", online("m-3", "agent")).await;
    stage.play().await;
    assert_eq!(state(&stage, "host-1").await, Some(ConnectionState::Online));
    assert_eq!(aside(&stage).len(), 1);
}

#[tokio::test]
async fn what_was_said_under_a_block_stays_set_aside_when_it_is_read_after_the_block() {
    let mut stage = Stage::set();
    block(&stage, "host-1").await;
    let during = stage.clock.now();
    unblock(&stage, "host-1").await;
    let before = Stamp::from_nanos(during.as_nanos() - 1);
    let says = |id: &str| online(id, "agent").to_string();
    stage
        .said("host-1", Channel::Control, before, says("m-1"))
        .await;
    stage
        .said("host-1", Channel::Control, during, says("m-2"))
        .await;
    stage.play().await;
    assert_eq!(aside(&stage).len(), 1);
    let connection = stage.connection("host-1").await.expect("there");
    assert_eq!(connection.version, 1);
}
