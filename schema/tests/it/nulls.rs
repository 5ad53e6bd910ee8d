//! A field that is never null and fails takes what holds it with it, as far as something may be null, and no further.

use serde_json::{Value, json};

use crate::world::{ORG, World, caller};

/// Data and paths of errors.
async fn answer(world: &World, query: &str) -> (Value, Vec<Value>) {
    let response = world.execute(&caller(ORG), query, &json!({})).await;
    let response = serde_json::to_value(response).expect("writable");
    let errors = response["errors"].as_array().cloned().unwrap_or_default();
    let paths = errors.into_iter().map(|error| error["path"].clone());
    (response["data"].clone(), paths.collect())
}

/// Fails: one of first and last is required.
const FAILING: &str = "stateHistory { nodes { version } }";

#[tokio::test]
async fn an_object_that_may_be_null_is_null_and_what_is_beside_it_stays() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let query = format!(
        r#"{{ viewer {{ name }} bad: connection(clientId: "host-1") {{ clientId {FAILING} }}
        good: connection(clientId: "host-1") {{ clientId }} }}"#
    );
    let (data, paths) = answer(&world, &query).await;
    let expected = json!({
        "viewer": {"name": "inventory"}, "bad": null, "good": {"clientId": "host-1"}
    });
    assert_eq!(data, expected);
    assert_eq!(paths, [json!(["bad", "stateHistory"])]);
}

#[tokio::test]
async fn where_nothing_on_the_way_may_be_null_all_of_it_is() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let query = format!(
        "{{ viewer {{ name }} connections(first: 5) {{ nodes {{ clientId {FAILING} }} }} }}"
    );
    let (data, paths) = answer(&world, &query).await;
    assert_eq!(data, Value::Null);
    assert_eq!(paths, [json!(["connections", "nodes", 0, "stateHistory"])]);
}

#[tokio::test]
async fn it_holds_in_fragments_of_interfaces_and_for_aliases() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    world.online(ORG, "host-2").await;
    let query = r#"{ nodes(ids: ["Q1M6aG9zdC0x", "Q1M6aG9zdC0y"]) { __typename ...Device } }
        fragment Device on ConnectionStatus { clientId past: stateHistory { nodes { version } } }"#;
    let (data, paths) = answer(&world, query).await;
    assert_eq!(data, json!({"nodes": [null, null]}));
    assert_eq!(paths.len(), 2, "{paths:?}");
    let only_failing = r#"{ viewer { name } node(id: "Q1M6aG9zdC0x") { ... on ConnectionStatus { stateHistory { nodes { version } } } } }"#;
    let (data, _) = answer(&world, only_failing).await;
    assert_eq!(data, json!({"viewer": {"name": "inventory"}, "node": null}));
}

#[tokio::test]
async fn nothing_asked_for_is_an_object_without_fields() {
    let world = World::new().await;
    let skipped = "{ viewer { name @skip(if: true) } server @include(if: false) { version } }";
    assert_eq!(answer(&world, skipped).await.0, json!({"viewer": {}}));
    let all = "{ viewer @skip(if: true) { name } }";
    assert_eq!(answer(&world, all).await.0, json!({}));
}

#[tokio::test]
async fn a_subscription_in_a_fragment_is_followed() {
    let world = World::new().await;
    let query = "subscription { ...Root } fragment Root on Subscription {
        ... { connectionChanged { clientId ...Rest } } } fragment Rest on ConnectionChange { kind }";
    let mut watch = world.watch(&caller(ORG), query);
    watch.begin(&world.live).await;
    world.online(ORG, "host-1").await;
    assert_eq!(
        watch.text().await,
        r#"{"data":{"connectionChanged":{"clientId":"host-1","kind":"APPEARED"}}}"#
    );
}
