//! Every query field and what hangs off the objects.

use serde_json::{Value, json};

use crate::world::{ORG, OTHER_ORG, World, caller, caller_with, everyone};
use connector_domain::caller::Permission;

#[tokio::test]
async fn a_device_shows_what_it_said() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let query = r#"{ connection(clientId: "host-1") {
        id clientId orgId accountNumber state stateReason stateChangedAt lastSeenAt firstSeenAt
        version sharedIdentitySuspected clientName clientVersion
        account { id orgId accountNumber }
        canonicalFacts { insightsId machineId fqdn ipAddresses macAddresses raw }
        dispatchers { name features } tags { key value }
        stateHistory(first: 5) { nodes { version previousState state reason } }
    } }"#;
    let device = &world.data(&caller(ORG), query).await["connection"];
    let expected = json!({
        "id": "Q1M6aG9zdC0x",
        "clientId": "host-1",
        "orgId": "10000",
        "accountNumber": "910000",
        "state": "ONLINE",
        "stateReason": "REPORTED",
        "stateChangedAt": "2026-11-24T10:00:00.010Z",
        "lastSeenAt": "2026-11-24T10:00:00.010Z",
        "firstSeenAt": "2026-11-24T10:00:00.010Z",
        "version": 1,
        "sharedIdentitySuspected": false,
        "clientName": "yggdrasil",
        "clientVersion": "0.4.2",
        "account": {"id": "QUM6MTAwMDA", "orgId": "10000", "accountNumber": "910000"},
        "canonicalFacts": {
            "insightsId": "0b2a6c1e-0000-4000-8000-00000000000a",
            "machineId": null,
            "fqdn": "host-1.example.com",
            "ipAddresses": ["10.0.0.1"],
            "macAddresses": [],
            "raw": {
                "fqdn": "host-1.example.com",
                "ip_addresses": ["10.0.0.1"],
                "insights_id": "0b2a6c1e-0000-4000-8000-00000000000A",
            },
        },
        "dispatchers": [{"name": "echo", "features": {"version": "1"}}],
        "tags": [{"key": "env", "value": "test"}],
        "stateHistory": {"nodes": [
            {"version": 1, "previousState": null, "state": "ONLINE", "reason": "REPORTED"},
        ]},
    });
    assert_eq!(device, &expected);
}

#[tokio::test]
async fn the_viewer_and_the_server_describe_themselves() {
    let world = World::new().await;
    let query = "{ viewer { authMethod name orgId accountNumber permissions }
        server { version revision time presenceAsOf limits {
            maxPageSize maxMessageBytes maxMessageTtlSeconds maxDepth maxComplexity
            maxSubscriptionsPerSocket } } }";
    let data = world.data(&caller(ORG), query).await;
    let expected = json!({
        "viewer": {
            "authMethod": "JWT",
            "name": "inventory",
            "orgId": "10000",
            "accountNumber": null,
            "permissions":
                ["AUDIT_READ", "CONNECTION_COMMAND", "CONNECTION_READ", "DEVICE_BLOCK", "MESSAGE_READ", "MESSAGE_SEND"],
        },
        "server": {
            "version": "1.2.3",
            "revision": null,
            "time": "2026-11-24T10:00:00.000Z",
            "presenceAsOf": "2026-11-24T10:00:00.000Z",
            "limits": {
                "maxPageSize": 100,
                "maxMessageBytes": 196_608,
                "maxMessageTtlSeconds": 604_800,
                "maxDepth": 16,
                "maxComplexity": 2000,
                "maxSubscriptionsPerSocket": 64,
            },
        },
    });
    assert_eq!(data, expected);
}

#[tokio::test]
async fn a_customer_holds_its_devices_messages_and_counts() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    world.online(ORG, "host-2").await;
    world.offline(ORG, "host-2").await;
    world.online(OTHER_ORG, "host-3").await;
    world.arrives("host-1", None).await;
    let query = r#"{ account {
        orgId
        connection(clientId: "host-1") { clientId }
        stranger: connection(clientId: "host-3") { clientId }
        connections(first: 10) { totalCount nodes { clientId } }
        connectionStats { total online offline byDispatcher { key total online } byOrg { key } }
        messages(first: 10) { totalCount nodes { clientId direction content } }
    }
    named: account(by: {accountNumber: "910000"}) { orgId }
    strange: account(by: {orgId: "20000"}) { orgId }
    unknown: account(by: {accountNumber: "1"}) { orgId }
    accounts(first: 10) { totalCount nodes { orgId } } }"#;
    let data = world.data(&caller(ORG), query).await;
    let content = json!({"n": 12_345_678_901_234_567_890_123_f64});
    let expected = json!({
        "account": {
            "orgId": "10000",
            "connection": {"clientId": "host-1"},
            "stranger": null,
            "connections": {"totalCount": 2, "nodes": [{"clientId": "host-1"}, {"clientId": "host-2"}]},
            "connectionStats": {
                "total": 2, "online": 1, "offline": 1,
                "byDispatcher": [{"key": "echo", "total": 2, "online": 1}],
                "byOrg": [{"key": "10000"}],
            },
            "messages": {"totalCount": 1, "nodes": [
                {"clientId": "host-1", "direction": "FROM_DEVICE", "content": content},
            ]},
        },
        "named": {"orgId": "10000"},
        "strange": null,
        "unknown": null,
        "accounts": {"totalCount": 1, "nodes": [{"orgId": "10000"}]},
    });
    assert_eq!(data, expected);
    let all = world
        .data(&everyone(), "{ accounts(first: 9) { nodes { orgId } } }")
        .await;
    let both = json!([{"orgId": "10000"}, {"orgId": "20000"}]);
    assert_eq!(all["accounts"]["nodes"], both);
}

#[tokio::test]
async fn an_own_customer_is_known_before_its_first_device_and_others_are_not() {
    let world = World::new().await;
    let query = r#"{ account { orgId } other: account(by: {orgId: "20000"}) { orgId } }"#;
    let data = world.data(&caller(ORG), query).await;
    assert_eq!(data, json!({"account": {"orgId": "10000"}, "other": null}));
    let nobody = world.data(&everyone(), query).await;
    assert_eq!(nobody, json!({"account": null, "other": null}));
}

#[tokio::test]
async fn global_ids_refetch_what_the_caller_sees_and_nothing_else() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    world.online(OTHER_ORG, "host-2").await;
    world.arrives("host-1", None).await;
    let own = caller(ORG);
    let query = r#"{ connection(clientId: "host-1") { id account { id } messages(first: 1) { nodes { id } } } }"#;
    let found = world.data(&own, query).await;
    let device = &found["connection"];
    let ids = json!([
        device["id"],
        device["account"]["id"],
        device["messages"]["nodes"][0]["id"],
        "Q1M6aG9zdC0y",
        "garbage",
    ]);
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
    let answer = world.ask_with(&own, query, &json!({ "ids": ids })).await;
    let kinds: Vec<&Value> = answer["data"]["nodes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|node| &node["__typename"])
        .collect();
    let expected = ["ConnectionStatus", "Account", "Message"].map(|kind| json!(kind));
    assert_eq!(kinds[..3], expected.iter().collect::<Vec<_>>());
    assert_eq!(answer["data"]["nodes"][3], Value::Null, "{answer}");
    assert_eq!(answer["data"]["nodes"][4], Value::Null, "{answer}");
    let many = json!({"ids": vec!["x"; 101]});
    let refused = world.ask_with(&own, query, &many).await;
    assert_eq!(crate::world::code(&refused), "BAD_USER_INPUT");
}

#[tokio::test]
async fn content_keeps_every_digit() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    world.arrives("host-1", None).await;
    let query = "{ messages(first: 1) { nodes { content } } }";
    let response = world.execute(&caller(ORG), query, &json!({})).await;
    let text = serde_json::to_string(&response).expect("writable");
    assert!(text.contains("12345678901234567890123"), "{text}");
}

#[tokio::test]
async fn a_caller_without_tenant_and_cross_tenant_sees_nothing() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let nobody = caller_with(None, &[Permission::ConnectionRead, Permission::MessageRead]);
    let query = r#"{ connection(clientId: "host-1") { id } account { orgId }
        connections(first: 1) { totalCount nodes { id } } connectionStats { total }
        messages(first: 1) { totalCount nodes { id } } accounts(last: 1) { totalCount } }"#;
    let data = world.data(&nobody, query).await;
    let empty = json!({"totalCount": 0, "nodes": []});
    let expected = json!({
        "connection": null,
        "account": null,
        "connections": empty,
        "connectionStats": {"total": 0},
        "messages": empty,
        "accounts": {"totalCount": 0},
    });
    assert_eq!(data, expected);
}
