//! Permissions name what is missing; tenants are absent to each other.

use connector_domain::caller::Permission;
use serde_json::{Value, json};

use crate::world::{ORG, OTHER_ORG, World, caller, caller_with, code};

#[tokio::test]
async fn what_needs_a_permission_says_which() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let powerless = caller_with(Some(ORG), &[]);
    for (query, permission) in [
        (r#"{ connection(clientId: "x") { id } }"#, "CONNECTION_READ"),
        (
            "{ connections(first: 1) { totalCount } }",
            "CONNECTION_READ",
        ),
        ("{ connectionStats { total } }", "CONNECTION_READ"),
        ("{ account { id } }", "CONNECTION_READ"),
        ("{ accounts(first: 1) { totalCount } }", "CONNECTION_READ"),
        (r#"{ node(id: "Q1M6aG9zdC0x") { id } }"#, "CONNECTION_READ"),
        ("{ messages(first: 1) { totalCount } }", "MESSAGE_READ"),
        (
            "{ auditEntries(first: 1) { nodes { entryId } } }",
            "AUDIT_READ",
        ),
        (
            r#"mutation { sendMessage(input: {clientId: "host-1", directive: "echo"}) { duplicate } }"#,
            "MESSAGE_SEND",
        ),
        (
            r#"mutation { ping(input: {clientId: "host-1"}) { duplicate } }"#,
            "CONNECTION_COMMAND",
        ),
        (
            r#"mutation { reconnect(input: {clientId: "host-1"}) { duplicate } }"#,
            "CONNECTION_COMMAND",
        ),
        (
            r#"mutation { disconnect(input: {clientId: "host-1"}) { duplicate } }"#,
            "CONNECTION_COMMAND",
        ),
        (
            r#"mutation { blockDevice(input: {clientId: "host-1", reason: "stolen"}) { duplicate } }"#,
            "DEVICE_BLOCK",
        ),
        (
            r#"mutation { unblockDevice(input: {clientId: "host-1"}) { duplicate } }"#,
            "DEVICE_BLOCK",
        ),
    ] {
        let answer = world.ask(&powerless, query).await;
        assert_eq!(code(&answer), "FORBIDDEN", "{query}");
        assert_eq!(
            answer["errors"][0]["extensions"]["permission"], permission,
            "{query}"
        );
    }
    for query in [
        "subscription { connectionChanged { kind } }",
        "subscription { connectionStatsChanged { total } }",
        "subscription { messageStateChanged { seq } }",
        "subscription { messageReceived { missed } }",
    ] {
        let mut watch = world.watch(&powerless, query);
        let answer = watch.next().await.expect("an answer");
        assert_eq!(code(&answer), "FORBIDDEN", "{query}");
        assert_eq!(watch.next().await, None);
    }
}

#[tokio::test]
async fn devices_and_messages_of_another_tenant_are_absent() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let id = world.arrives("host-1", None).await;
    let query = format!(
        r#"{{ connection(clientId: "host-1") {{ id }} message(messageId: "{id}") {{ id }}
        connections(first: 1) {{ totalCount }} messages(first: 1) {{ totalCount }} }}"#
    );
    let data = world.data(&caller(OTHER_ORG), &query).await;
    let none = json!({"totalCount": 0});
    let expected =
        json!({"connection": null, "message": null, "connections": none, "messages": none});
    assert_eq!(data, expected);
}

#[tokio::test]
async fn a_sender_knows_its_own_messages_without_reading_payloads() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let sender = caller_with(Some(ORG), &[Permission::MessageSend]);
    let send = r#"mutation { sendMessage(input: {clientId: "host-1", directive: "echo", content: 1, metadata: {a: "b"}}) { message { messageId content metadata state } } }"#;
    let data = world.data(&sender, send).await;
    let message = &data["sendMessage"]["message"];
    assert_eq!(message["state"], "PUBLISHED");
    assert_eq!(
        (&message["content"], &message["metadata"]),
        (&Value::Null, &Value::Null)
    );
    let id = message["messageId"].as_str().expect("an id");
    let query = format!(r#"{{ message(messageId: "{id}") {{ state }} }}"#);
    assert_eq!(
        world.data(&sender, &query).await["message"]["state"],
        "PUBLISHED"
    );
    let reader = caller_with(Some(ORG), &[Permission::MessageRead]);
    let query = format!(r#"{{ message(messageId: "{id}") {{ content metadata sentBy }} }}"#);
    let read = world.data(&reader, &query).await;
    let expected = json!({"content": 1, "metadata": {"a": "b"}, "sentBy": "inventory"});
    assert_eq!(read["message"], expected);
    let mut stranger = sender.clone();
    stranger.name = connector_domain::id::CallerName::parse("other").expect("a name");
    assert_eq!(world.data(&stranger, &query).await["message"], Value::Null);
}
