//! Sending messages and commands: what is refused, what goes out, and what a retry gives.

use std::sync::PoisonError;

use connector_domain::port::PublishOutcome;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{ORG, OTHER_ORG, World, caller, everyone};

const SEND: &str = "mutation($input: SendMessageInput!) { sendMessage(input: $input) {
    duplicate
    message { messageId clientId orgId direction kind directive content metadata sizeBytes state
        sentBy createdAt expiresAt answerOverdue redelivered failure { code }
        transitions { state } }
    errors { __typename code path
        ... on DirectiveNotAvailableError { available }
        ... on ClientOfflineError { lastSeenAt }
        ... on LimitError { limit actual }
        ... on ConflictError { existing { messageId } } } } }";

async fn send(world: &World, caller: &connector_domain::caller::Caller, input: Value) -> Value {
    let mut answer = world
        .ask_with(caller, SEND, &json!({ "input": input }))
        .await;
    assert_eq!(answer["errors"], Value::Null, "{answer}");
    answer["data"]["sendMessage"].take()
}

fn one_error(payload: &Value) -> &Value {
    assert_eq!(payload["message"], Value::Null, "{payload}");
    let errors = payload["errors"].as_array().expect("errors");
    assert_eq!(errors.len(), 1, "{payload}");
    &errors[0]
}

#[tokio::test]
async fn a_message_goes_out_as_it_was_asked_for() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let id = Uuid::from_u128(7);
    let input = json!({
        "clientId": "host-1", "directive": "echo", "messageId": id,
        "content": {"a": [1, null]}, "metadata": {"k": "v"}, "expiresInSeconds": 60,
    });
    let payload = send(&world, &caller(ORG), input).await;
    let expected = json!({
        "duplicate": false,
        "errors": [],
        "message": {
            "messageId": id, "clientId": "host-1", "orgId": "10000", "direction": "TO_DEVICE",
            "kind": "DATA", "directive": "echo", "content": {"a": [1, null]},
            "metadata": {"k": "v"}, "sizeBytes": 23, "state": "PUBLISHED", "sentBy": "inventory",
            "createdAt": "2026-11-24T10:00:00.010Z", "expiresAt": "2026-11-24T10:01:00.010Z",
            "answerOverdue": false, "redelivered": false, "failure": null,
            "transitions": [{"state": "QUEUED"}, {"state": "PUBLISHED"}],
        },
    });
    assert_eq!(payload, expected);
    let published = world.broker.published();
    let (topic, wire) = &published[0];
    assert_eq!(topic, "redhat/insights/host-1/data/in");
    let wire: Value = serde_json::from_slice(wire).expect("JSON");
    assert_eq!(wire["metadata"], json!({"k": "v"}));
    assert_eq!(wire["response_to"], "");
}

#[tokio::test]
async fn numbers_go_out_with_every_digit() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let text = r#"{"input":{"clientId":"host-1","directive":"echo","content":[123456789012345678901234567890,1.50]}}"#;
    let variables = connector_schema::variables_of(text).expect("variables");
    let request = async_graphql::Request::new(SEND).variables(variables);
    let response = world
        .schema
        .execute(crate::world::ready(request, &caller(ORG)))
        .await;
    assert!(response.errors.is_empty(), "{:?}", response.errors);
    let wire = String::from_utf8(world.broker.published()[0].1.to_vec()).expect("UTF-8");
    assert!(
        wire.contains("[123456789012345678901234567890,1.50]"),
        "{wire}"
    );
}

#[tokio::test]
async fn each_refusal_names_its_field() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    world.online(ORG, "gone").await;
    world.offline(ORG, "gone").await;
    world.online(OTHER_ORG, "theirs").await;
    let own = caller(ORG);
    let large = "x".repeat(196_608);
    for (input, kind, code, field) in [
        (
            json!({"clientId": "host-1", "directive": ""}),
            "InvalidInputError",
            "INVALID_INPUT",
            "directive",
        ),
        (
            json!({"clientId": "host-1", "directive": "echo", "metadata": {"n": 1}}),
            "InvalidInputError",
            "INVALID_INPUT",
            "metadata",
        ),
        (
            json!({"clientId": "host-1", "directive": "echo", "expiresInSeconds": 0}),
            "InvalidInputError",
            "INVALID_INPUT",
            "expiresInSeconds",
        ),
        (
            json!({"clientId": "host-1", "directive": "echo", "expiresInSeconds": 604_801}),
            "InvalidInputError",
            "INVALID_INPUT",
            "expiresInSeconds",
        ),
        (
            json!({"clientId": "host-1", "directive": "echo", "content": large}),
            "LimitError",
            "MESSAGE_TOO_LARGE",
            "content",
        ),
        (
            json!({"clientId": "nobody", "directive": "echo"}),
            "NotFoundError",
            "CLIENT_NOT_FOUND",
            "clientId",
        ),
        (
            json!({"clientId": "a/b", "directive": "echo"}),
            "NotFoundError",
            "CLIENT_NOT_FOUND",
            "clientId",
        ),
        (
            json!({"clientId": "theirs", "directive": "nothing"}),
            "NotFoundError",
            "CLIENT_NOT_FOUND",
            "clientId",
        ),
        (
            json!({"clientId": "gone", "directive": "echo"}),
            "ClientOfflineError",
            "CLIENT_OFFLINE",
            "clientId",
        ),
        (
            json!({"clientId": "host-1", "directive": "other"}),
            "DirectiveNotAvailableError",
            "DIRECTIVE_NOT_AVAILABLE",
            "directive",
        ),
    ] {
        let payload = send(&world, &own, input).await;
        let error = one_error(&payload);
        assert_eq!(error["__typename"], kind, "{payload}");
        assert_eq!(error["code"], code, "{payload}");
        assert_eq!(error["path"], json!(["input", field]), "{payload}");
    }
    let input = json!({"clientId": "host-1", "directive": "other"});
    assert_eq!(
        one_error(&send(&world, &own, input).await)["available"],
        json!(["echo"])
    );
    assert!(world.broker.published().is_empty());
}

#[tokio::test]
async fn a_retry_gives_the_first_result_even_when_the_device_is_gone_since() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let own = caller(ORG);
    let id = Uuid::from_u128(9);
    let input = json!({"clientId": "host-1", "directive": "echo", "messageId": id, "content": {"a": 1, "b": 2}});
    send(&world, &own, input).await;
    world.offline(ORG, "host-1").await;
    let retry = json!({"clientId": "host-1", "directive": "echo", "messageId": id, "content": {"b": 2, "a": 1}});
    let payload = send(&world, &own, retry).await;
    assert_eq!(payload["duplicate"], true, "{payload}");
    assert_eq!(payload["message"]["messageId"], json!(id));
    let other =
        json!({"clientId": "host-1", "directive": "echo", "messageId": id, "content": {"a": 2}});
    let dry = json!({"clientId": "host-1", "directive": "echo", "messageId": id, "content": {"a": 2}, "dryRun": true});
    for input in [other, dry] {
        let payload = send(&world, &own, input).await;
        let error = one_error(&payload);
        assert_eq!(error["code"], "IDEMPOTENCY_CONFLICT", "{payload}");
        assert_eq!(error["existing"]["messageId"], json!(id));
    }
    assert_eq!(world.broker.published().len(), 1);
}

#[tokio::test]
async fn an_id_is_free_to_other_tenants() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    world.online(OTHER_ORG, "theirs").await;
    let id = Uuid::from_u128(9);
    for (caller, device, org) in [
        (caller(ORG), "host-1", ORG),
        (everyone(), "theirs", OTHER_ORG),
    ] {
        let input = json!({"clientId": device, "directive": "echo", "messageId": id});
        let payload = send(&world, &caller, input).await;
        assert_eq!(payload["message"]["orgId"], org, "{payload}");
        assert_eq!(payload["duplicate"], false);
    }
}

#[tokio::test]
async fn a_dry_run_checks_and_sends_nothing() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let input = json!({"clientId": "host-1", "directive": "echo", "dryRun": true});
    let payload = send(&world, &caller(ORG), input).await;
    assert_eq!(
        payload,
        json!({"duplicate": false, "message": null, "errors": []})
    );
    assert!(world.broker.published().is_empty());
}

#[tokio::test]
async fn what_the_broker_does_is_the_state_told() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    for (outcome, state, failure) in [
        (PublishOutcome::Unconfirmed, "UNCONFIRMED", Value::Null),
        (
            PublishOutcome::NotSent,
            "FAILED",
            json!({"code": "BROKER_UNAVAILABLE"}),
        ),
    ] {
        *world
            .broker
            .outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = outcome;
        let input = json!({"clientId": "host-1", "directive": "echo"});
        let payload = send(&world, &caller(ORG), input).await;
        assert_eq!(payload["message"]["state"], state, "{payload}");
        assert_eq!(payload["message"]["failure"], failure);
    }
}

#[tokio::test]
async fn an_answer_is_found_from_both_ends() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let own = caller(ORG);
    let id = Uuid::from_u128(5);
    send(
        &world,
        &own,
        json!({"clientId": "host-1", "directive": "echo", "messageId": id}),
    )
    .await;
    let answer = world.arrives("host-1", Some(id)).await;
    let query = format!(
        r#"{{ message(messageId: "{id}") {{ state responses(first: 5) {{ totalCount nodes {{ messageId responseTo {{ messageId }} connection {{ clientId }} }} }} }} }}"#
    );
    let message = &world.data(&own, &query).await["message"];
    let expected = json!({
        "state": "RESPONDED",
        "responses": {"totalCount": 1, "nodes": [{
            "messageId": answer.to_string(),
            "responseTo": {"messageId": id},
            "connection": {"clientId": "host-1"},
        }]},
    });
    assert_eq!(message, &expected);
}

#[tokio::test]
async fn commands_go_to_the_control_topic_as_messages() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let own = caller(ORG);
    let query = r#"mutation {
        ping(input: {clientId: "host-1"}) { message { kind command content state } errors { code } }
        reconnect(input: {clientId: "host-1", delaySeconds: 7, reason: "update"}) { message { command content } errors { code } }
        disconnect(input: {clientId: "host-1"}) { message { command directive } errors { code } }
        late: reconnect(input: {clientId: "host-1", delaySeconds: 3601}) { message { id } errors { code path } }
        gone: ping(input: {clientId: "nobody"}) { message { id } errors { code } }
    }"#;
    let data = world.data(&own, query).await;
    let expected = json!({
        "ping": {"message": {"kind": "COMMAND", "command": "PING", "content": {"command": "ping"}, "state": "PUBLISHED"}, "errors": []},
        "reconnect": {"message": {"command": "RECONNECT", "content": {"command": "reconnect", "delay_seconds": 7, "reason": "update"}}, "errors": []},
        "disconnect": {"message": {"command": "DISCONNECT", "directive": null}, "errors": []},
        "late": {"message": null, "errors": [{"code": "INVALID_INPUT", "path": ["input", "delaySeconds"]}]},
        "gone": {"message": null, "errors": [{"code": "CLIENT_NOT_FOUND"}]},
    });
    assert_eq!(data, expected);
    let topics: Vec<_> = world
        .broker
        .published()
        .into_iter()
        .map(|(topic, _)| topic)
        .collect();
    assert_eq!(topics, vec!["redhat/insights/host-1/control/in"; 3]);
}

#[tokio::test]
async fn an_answer_is_overdue_only_where_one_is_expected() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let own = caller(ORG);
    let query = r#"mutation { ping(input: {clientId: "host-1"}) { duplicate } reconnect(input: {clientId: "host-1"}) { duplicate } }"#;
    world.data(&own, query).await;
    world.clock.advance(std::time::Duration::from_hours(1));
    let query = "{ messages(first: 5, orderBy: {field: CREATED_AT, direction: ASC}) { nodes { command answerOverdue } } }";
    let list = &world.data(&own, query).await["messages"]["nodes"];
    for node in list.as_array().expect("nodes") {
        assert_eq!(
            node["answerOverdue"],
            json!(node["command"] == "PING"),
            "{node}"
        );
    }
}
