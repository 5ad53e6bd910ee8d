//! The audit trail: what a caller asked for is there for those who may read it, whatever came of it.

use connector_domain::caller::{Caller, Permission};
use connector_domain::id::CallerName;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{ORG, OTHER_ORG, World, caller, caller_with, everyone};

const TRAIL: &str = "query($filter: AuditFilter) { auditEntries(filter: $filter, first: 100) { nodes {
    entryId occurredAt orgId operation outcome refusal clientId directive messageId message { state }
    callerName callerAuthMethod callerOrgId callerCrossTenant remoteAddress requestId } } }";

async fn trail(world: &World, reader: &Caller, filter: Value) -> Vec<Value> {
    let variables = json!({ "filter": filter });
    let mut answer = world.ask_with(reader, TRAIL, &variables).await;
    assert_eq!(answer["errors"], Value::Null, "{answer}");
    let nodes = answer["data"]["auditEntries"]["nodes"].take();
    serde_json::from_value(nodes).expect("a list")
}

fn auditor(org: &str) -> Caller {
    Caller {
        name: CallerName::parse("auditor").expect("a name"),
        ..caller_with(Some(org), &[Permission::AuditRead])
    }
}

async fn send(world: &World, caller: &Caller, input: &str) {
    let send = format!("mutation {{ sendMessage(input: {{{input}}}) {{ duplicate }} }}");
    world.data(caller, &send).await;
}

/// What the trail says happened, oldest first: operation, outcome, refusal.
async fn told(world: &World, reader: &Caller) -> Vec<(String, String, Option<String>)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let entries = trail(world, reader, Value::Null).await.into_iter().rev();
    entries
        .map(|entry| {
            (
                text(&entry["operation"]).expect("an operation"),
                text(&entry["outcome"]).expect("an outcome"),
                text(&entry["refusal"]),
            )
        })
        .collect()
}

#[tokio::test]
async fn a_message_has_an_entry_with_who_sent_it_and_no_payload() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let id = Uuid::from_u128(7);
    let input = format!(
        r#"clientId: "host-1", directive: "echo", messageId: "{id}", content: "a secret", metadata: {{k: "a secret"}}"#
    );
    send(&world, &caller(ORG), &input).await;
    let mut reader = auditor(ORG);
    reader.permissions.insert(Permission::MessageRead);
    let entries = trail(&world, &reader, Value::Null).await;
    let expected = json!([{
        "entryId": Uuid::from_u128(1), "occurredAt": "2026-11-24T10:00:00.010Z", "orgId": "10000",
        "operation": "SEND_MESSAGE", "outcome": "ACCEPTED", "refusal": null, "clientId": "host-1",
        "directive": "echo", "messageId": id, "message": {"state": "PUBLISHED"},
        "callerName": "inventory", "callerAuthMethod": "JWT", "callerOrgId": "10000",
        "callerCrossTenant": false, "remoteAddress": "192.0.2.7", "requestId": "request-1",
    }]);
    assert_eq!(Value::from(entries), expected);
    let entries = trail(&world, &auditor(ORG), Value::Null).await;
    assert_eq!(entries[0]["message"], Value::Null, "without MESSAGE_READ");
}

#[tokio::test]
async fn commands_repeats_and_refusals_are_in_the_trail_and_a_dry_run_is_not() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let sender = caller(ORG);
    for command in ["ping", "reconnect", "disconnect"] {
        let command =
            format!(r#"mutation {{ {command}(input: {{clientId: "host-1"}}) {{ duplicate }} }}"#);
        world.data(&sender, &command).await;
    }
    let id = Uuid::from_u128(7);
    let input = format!(r#"clientId: "host-1", directive: "echo", messageId: "{id}""#);
    for input in [
        input.clone(),
        input.clone(),
        format!("{input}, content: 1"),
        r#"clientId: "host-1", directive: "none""#.to_owned(),
        r#"clientId: "host-1", directive: "echo", dryRun: true"#.to_owned(),
        r#"clientId: "host-1", directive: "none", dryRun: true"#.to_owned(),
        r#"clientId: "a/b", directive: "echo\u0000""#.to_owned(),
    ] {
        send(&world, &sender, &input).await;
    }
    world.offline(ORG, "host-1").await;
    let late = r#"mutation { reconnect(input: {clientId: "host-1", delaySeconds: -1}) { duplicate }
        disconnect(input: {clientId: "host-1"}) { duplicate } }"#;
    world.data(&sender, late).await;
    let accepted = |operation| (operation, "ACCEPTED", None);
    let refused = |operation, code| (operation, "REFUSED", Some(code));
    let expected = [
        accepted("PING"),
        accepted("RECONNECT"),
        accepted("DISCONNECT"),
        accepted("SEND_MESSAGE"),
        ("SEND_MESSAGE", "REPEATED", None),
        refused("SEND_MESSAGE", "IDEMPOTENCY_CONFLICT"),
        refused("SEND_MESSAGE", "DIRECTIVE_NOT_AVAILABLE"),
        refused("SEND_MESSAGE", "CLIENT_NOT_FOUND"),
        refused("RECONNECT", "INVALID_INPUT"),
        refused("DISCONNECT", "CLIENT_OFFLINE"),
    ];
    let expected = expected.map(|(operation, outcome, refusal)| {
        (
            operation.to_owned(),
            outcome.to_owned(),
            refusal.map(str::to_owned),
        )
    });
    assert_eq!(told(&world, &auditor(ORG)).await, expected);
}

#[tokio::test]
async fn what_a_caller_may_not_do_is_not_stored() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let send =
        r#"mutation { sendMessage(input: {clientId: "host-1", directive: "echo"}) { duplicate } }"#;
    assert_eq!(world.code(&auditor(ORG), send).await, "FORBIDDEN");
    assert_eq!(told(&world, &auditor(ORG)).await, []);
}

#[tokio::test]
async fn an_entry_is_filed_under_the_device_s_organisation_where_the_caller_sees_the_device() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let input = r#"clientId: "host-1", directive: "echo""#;
    send(&world, &caller(OTHER_ORG), input).await;
    send(&world, &everyone(), input).await;
    let own = trail(&world, &auditor(ORG), Value::Null).await;
    let seen: Vec<_> = own
        .iter()
        .map(|entry| (&entry["outcome"], &entry["callerCrossTenant"]))
        .collect();
    assert_eq!(seen, [(&json!("ACCEPTED"), &json!(true))]);
    let others = trail(&world, &auditor(OTHER_ORG), Value::Null).await;
    let seen: Vec<_> = others
        .iter()
        .map(|entry| (&entry["refusal"], &entry["orgId"]))
        .collect();
    assert_eq!(seen, [(&json!("CLIENT_NOT_FOUND"), &json!(OTHER_ORG))]);
    let every = caller_with(None, &[Permission::AuditRead, Permission::CrossTenant]);
    assert_eq!(trail(&world, &every, Value::Null).await.len(), 2);
}

#[tokio::test]
async fn a_filter_narrows_the_trail_and_pages_follow_each_other() {
    let world = World::new().await;
    for id in ["host-1", "host-2"] {
        world.online(ORG, id).await;
        send(
            &world,
            &caller(ORG),
            &format!(r#"clientId: "{id}", directive: "echo""#),
        )
        .await;
        world.position();
    }
    let reader = auditor(ORG);
    for (filter, count) in [
        (json!({"clientIds": ["host-2"]}), 1),
        (json!({"callers": ["inventory"]}), 2),
        (json!({"callers": ["nobody", ""]}), 0),
        (json!({"operation": ["PING"]}), 0),
        (json!({"outcome": ["ACCEPTED"]}), 2),
        (
            json!({"occurredAt": {"from": "2026-11-24T10:00:00.015Z"}}),
            1,
        ),
    ] {
        assert_eq!(
            trail(&world, &reader, filter.clone()).await.len(),
            count,
            "{filter}"
        );
    }
    let page = |more: &str| {
        format!(
            "{{ auditEntries({more}) {{ nodes {{ clientId }} pageInfo {{ hasNextPage endCursor }} }} }}"
        )
    };
    let first = world.data(&reader, &page("first: 1")).await;
    assert_eq!(first["auditEntries"]["nodes"][0]["clientId"], "host-2");
    let info = &first["auditEntries"]["pageInfo"];
    assert_eq!(info["hasNextPage"], true);
    let next = page(&format!("first: 1, after: {}", info["endCursor"]));
    let next = world.data(&reader, &next).await;
    assert_eq!(next["auditEntries"]["nodes"][0]["clientId"], "host-1");
}
