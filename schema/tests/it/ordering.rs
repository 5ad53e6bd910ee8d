//! Answers keep the order of the question, whatever is read first: what comes from a store is always later here than
//! what is known at once.

use serde_json::json;

use crate::world::{ORG, World, caller};

/// The `data` of an answer as it is sent.
async fn text(world: &World, query: &str) -> String {
    let response = world.execute(&caller(ORG), query, &json!({})).await;
    assert!(response.errors.is_empty(), "{:?}", response.errors);
    serde_json::to_string(&response.data).expect("writable")
}

#[tokio::test]
async fn a_field_that_is_read_late_stays_where_it_was_asked_for() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let query = r#"query Other { __typename } query Asked {
        late: connection(clientId: "host-1") { stateHistory(first: 1) { nodes { version } } clientId }
        viewer { name }
        late: connection(clientId: "host-1") { state }
        __typename
    }"#;
    let request = async_graphql::Request::new(query).operation_name("Asked");
    let response = world
        .schema
        .execute(crate::world::ready(request, &caller(ORG)))
        .await;
    assert_eq!(
        serde_json::to_string(&response).expect("writable"),
        r#"{"data":{"late":{"stateHistory":{"nodes":[{"version":1}]},"clientId":"host-1","state":"ONLINE"},"viewer":{"name":"inventory"},"__typename":"Query"}}"#
    );
}

#[tokio::test]
async fn fragments_count_where_they_stand_for_the_types_they_apply_to() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let message_id = world.arrives("host-1", None).await;
    let message = format!("{{ message(messageId: \"{message_id}\") {{ id }} }}");
    let message = world.data(&caller(ORG), &message).await["message"]["id"].clone();
    let query = format!(
        r#"{{ ...Both viewer {{ name }} }}
        fragment Both on Query {{ nodes(ids: ["Q1M6aG9zdC0x", {message}]) {{
            ... on Message {{ transitions {{ state }} id clientId }}
            ...Device
            ... @include(if: false) {{ id }}
            __typename
        }} }}
        fragment Device on ConnectionStatus {{
            clientId
            ... on Node {{ messages: id }}
            stateHistory(first: 1) {{ nodes {{ version state }} }}
            id
        }}"#
    );
    let expected = format!(
        r#"{{"nodes":[{{"clientId":"host-1","messages":"Q1M6aG9zdC0x","stateHistory":{{"nodes":[{{"version":1,"state":"ONLINE"}}]}},"id":"Q1M6aG9zdC0x","__typename":"ConnectionStatus"}},{{"transitions":[{{"state":"RESPONDED"}}],"id":{message},"clientId":"host-1","__typename":"Message"}}],"viewer":{{"name":"inventory"}}}}"#
    );
    assert_eq!(text(&world, &query).await, expected);
}

#[tokio::test]
async fn json_of_a_device_is_left_as_it_is() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let query = r#"{ connection(clientId: "host-1") { ... { canonicalFacts { raw } } } }"#;
    let expected = r#"{"connection":{"canonicalFacts":{"raw":{"fqdn":"host-1.example.com","insights_id":"0b2a6c1e-0000-4000-8000-00000000000A","ip_addresses":["10.0.0.1"]}}}}"#;
    assert_eq!(text(&world, query).await, expected);
}

fn event(version: u8, kind: &str) -> String {
    format!(
        r#"{{"data":{{"connectionChanged":{{"connection":{{"clientId":"host-1"}},"version":{version},"kind":"{kind}"}}}}}}"#
    )
}

#[tokio::test]
async fn events_keep_the_order_as_well() {
    let world = World::new().await;
    let query = "subscription { connectionChanged { connection { clientId } ...Rest kind } }
        fragment Rest on ConnectionChange { version }";
    let mut watch = world.watch(&caller(ORG), query);
    watch.begin(&world.live).await;
    world.online(ORG, "host-1").await;
    assert_eq!(watch.text().await, event(1, "APPEARED"));
    world.offline(ORG, "host-1").await;
    assert_eq!(watch.text().await, event(2, "STATE"));
}
