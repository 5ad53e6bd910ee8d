//! Blocking devices: who may, what it refuses, what it shows.

use connector_domain::caller::{Caller, Permission};
use connector_domain::message::MessageState;
use serde_json::{Value, json};

use crate::world::{ORG, OTHER_ORG, World, caller, caller_with, details, everyone};

const PAYLOAD: &str =
    "duplicate connection { clientId blocked } block { blockedAt blockedBy reason }
    errors { code path }";

async fn block_for(world: &World, caller: &Caller, id: &str, reason: &str) -> Value {
    let block = format!(
        "mutation($input: BlockDeviceInput!) {{ blockDevice(input: $input) {{ {PAYLOAD} }} }}"
    );
    let input = json!({"input": {"clientId": id, "reason": reason}});
    let mut answer = world.ask_with(caller, &block, &input).await;
    assert_eq!(answer["errors"], Value::Null, "{answer}");
    answer["data"]["blockDevice"].take()
}

async fn block(world: &World, caller: &Caller, id: &str) -> Value {
    block_for(world, caller, id, "stolen").await
}

async fn unblock(world: &World, caller: &Caller, id: &str) -> Value {
    let unblock =
        format!(r#"mutation {{ unblockDevice(input: {{clientId: "{id}"}}) {{ {PAYLOAD} }} }}"#);
    world.data(caller, &unblock).await["unblockDevice"].take()
}

async fn send(world: &World, id: &str) -> Value {
    let send = format!(
        r#"mutation {{ sendMessage(input: {{clientId: "{id}", directive: "echo"}}) {{
            message {{ state }} errors {{ __typename code ... on DeviceBlockedError {{ blockedAt }} }} }} }}"#
    );
    world.data(&caller(ORG), &send).await["sendMessage"].take()
}

#[tokio::test]
async fn nothing_is_sent_to_a_blocked_device_until_it_is_unblocked() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let at = "2026-11-24T10:00:00.010Z";
    let shown = json!({"blockedAt": at, "blockedBy": "inventory", "reason": "stolen"});
    let blocked = block(&world, &caller(ORG), "host-1").await;
    let device = json!({"clientId": "host-1", "blocked": true});
    let expected = json!({"duplicate": false, "connection": device, "block": shown, "errors": []});
    assert_eq!(blocked, expected);
    let again = block_for(&world, &caller(ORG), "host-1", "lost").await;
    assert_eq!(
        (&again["duplicate"], &again["block"]),
        (&json!(true), &shown)
    );
    let error =
        json!({"__typename": "DeviceBlockedError", "code": "CLIENT_BLOCKED", "blockedAt": at});
    assert_eq!(
        send(&world, "host-1").await,
        json!({"message": null, "errors": [error]})
    );
    let ping = r#"mutation { ping(input: {clientId: "host-1"}) { errors { code } } }"#;
    let pinged = world.data(&caller(ORG), ping).await;
    assert_eq!(
        pinged["ping"]["errors"],
        json!([{"code": "CLIENT_BLOCKED"}])
    );
    assert!(world.broker.published().is_empty());

    let lifted = unblock(&world, &caller(ORG), "host-1").await;
    let device = json!({"clientId": "host-1", "blocked": false});
    let expected = json!({"duplicate": false, "connection": device, "block": shown, "errors": []});
    assert_eq!(lifted, expected);
    assert_eq!(
        send(&world, "host-1").await["message"]["state"],
        MessageState::Published.as_str()
    );
    let again = unblock(&world, &caller(ORG), "host-1").await;
    assert_eq!(
        (&again["duplicate"], &again["block"]),
        (&json!(true), &Value::Null)
    );
}

#[tokio::test]
async fn a_tenant_blocks_its_own_devices_only_and_whoever_sees_all_may_block_any_client_id() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let not_found = json!([{"code": "CLIENT_NOT_FOUND", "path": ["input", "clientId"]}]);
    for id in ["host-1", "unknown", "a/b"] {
        let refused = block(&world, &caller(OTHER_ORG), id).await;
        assert_eq!(refused["errors"], not_found, "{id}");
    }
    let no_reason = block_for(&world, &caller(ORG), "host-1", "").await;
    assert_eq!(no_reason["errors"][0]["code"], "INVALID_INPUT");
    assert_eq!(send(&world, "host-1").await["errors"], json!([]));

    let unknown = block(&world, &everyone(), "unknown").await;
    assert_eq!(
        (&unknown["connection"], &unknown["errors"]),
        (&Value::Null, &json!([]))
    );
    assert_eq!(unknown["block"]["reason"], "stolen");
    // Whoever has the device later is bound by it, and not shown who laid it.
    world.online_as(ORG, "unknown", details("unknown")).await;
    let query = r#"{ connection(clientId: "unknown") { blocked block { reason } } }"#;
    let seen = world.data(&caller(ORG), query).await;
    assert_eq!(seen["connection"], json!({"blocked": true, "block": null}));
    let unblocked = unblock(&world, &caller(ORG), "unknown").await;
    assert_eq!(unblocked["errors"], json!([]), "it is its own device now");
}

#[tokio::test]
async fn who_blocked_a_device_and_why_is_for_those_who_may_block() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    block(&world, &caller(ORG), "host-1").await;
    let reader = caller_with(Some(ORG), &[Permission::ConnectionRead]);
    let query = r#"{ connection(clientId: "host-1") { blocked } }"#;
    assert_eq!(
        world.data(&reader, query).await["connection"]["blocked"],
        true
    );
    let query = r#"{ connection(clientId: "host-1") { block { reason } } }"#;
    assert_eq!(world.code(&reader, query).await, "FORBIDDEN");
    let forbidden =
        r#"mutation { blockDevice(input: {clientId: "host-1", reason: "x"}) { duplicate } }"#;
    assert_eq!(world.code(&reader, forbidden).await, "FORBIDDEN");
}

#[tokio::test]
async fn blocks_are_in_the_audit_trail_with_their_reason() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    block(&world, &caller(ORG), "host-1").await;
    block_for(&world, &caller(ORG), "host-1", "lost").await;
    unblock(&world, &caller(ORG), "host-1").await;
    unblock(&world, &caller(ORG), "host-1").await;
    block(&world, &caller(ORG), "unknown").await;
    let trail = "{ auditEntries(last: 10) { nodes { operation outcome refusal reason } } }";
    let trail = world.data(&caller(ORG), trail).await;
    let nodes = trail["auditEntries"]["nodes"].as_array().expect("a list");
    let told: Vec<_> = nodes
        .iter()
        .rev()
        .map(|node| {
            ["operation", "outcome", "refusal", "reason"]
                .map(|name| node[name].as_str().unwrap_or("-"))
        })
        .collect();
    let expected = [
        ["BLOCK_DEVICE", "ACCEPTED", "-", "stolen"],
        ["BLOCK_DEVICE", "REPEATED", "-", "lost"],
        ["UNBLOCK_DEVICE", "ACCEPTED", "-", "-"],
        ["UNBLOCK_DEVICE", "REPEATED", "-", "-"],
        ["BLOCK_DEVICE", "REFUSED", "CLIENT_NOT_FOUND", "stolen"],
    ];
    assert_eq!(told, expected);
}
