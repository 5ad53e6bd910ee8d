//! Requests that are refused before they run, and what errors carry.

use async_graphql::Request;
use connector_schema::is_request_error;
use serde_json::{Value, json};

use crate::world::{ORG, World, answer, caller, code, ready};

#[tokio::test]
async fn introspection_of_graphql_js_is_answered() {
    let world = World::new().await;
    let data = world
        .data(&caller(ORG), include_str!("introspection.graphql"))
        .await;
    assert_eq!(data["__schema"]["queryType"]["name"], "Query");
}

#[tokio::test]
async fn a_request_that_cannot_run_says_so_before_it_runs() {
    let world = World::new().await;
    let own = caller(ORG);
    let deep = format!(
        "{{ {} orgId {} }}",
        r#"account { connection(clientId: "x") { "#.repeat(9),
        "} }".repeat(9)
    );
    let aliases = (0..51).map(|n| format!("a{n}: __typename"));
    let aliases = aliases.collect::<Vec<_>>().join(" ");
    let costly = "{ connections(first: 100) { nodes { messages(first: 100) { nodes { id } } } } }";
    let answers = "responses(first: 100) { nodes { ".repeat(4);
    let overflow = format!(
        "{{ accounts(first: 100) {{ nodes {{ connections(first: 100) {{ nodes {{ messages(first: 100) {{ nodes {{ {answers} id {} }}",
        "} }".repeat(7)
    );
    for (query, expected) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ viewer }", "GRAPHQL_VALIDATION_FAILED"),
        (
            r#"{ message(messageId: "x") { id } }"#,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "query A { __typename } query B { __typename }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("query($id: ID!) { node(id: $id) { id } }", "BAD_USER_INPUT"),
        (
            r#"mutation { sendMessage(input: {clientId: "a", directive: "b", content: 18446744073709551616}) { duplicate } }"#,
            "BAD_USER_INPUT",
        ),
        (
            "subscription { connectionChanged { kind } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (&deep, "QUERY_TOO_DEEP"),
        (costly, "QUERY_TOO_COMPLEX"),
        (&overflow, "QUERY_TOO_COMPLEX"),
        (&format!("{{ {aliases} }}"), "QUERY_TOO_COMPLEX"),
        (
            &format!("{{ ...f }} fragment f on Query {{ {aliases} }}"),
            "QUERY_TOO_COMPLEX",
        ),
        (
            &format!(
                "{{ viewer {} {{ name }} }}",
                "@include(if: true) ".repeat(11)
            ),
            "QUERY_TOO_COMPLEX",
        ),
    ] {
        let response = world.execute(&own, query, &json!({})).await;
        assert_eq!(code(&answer(&response)), expected, "{query}");
        assert!(is_request_error(&response), "{query}");
    }
}

#[tokio::test]
async fn an_error_of_a_field_is_no_request_error() {
    let world = World::new().await;
    let response = world
        .execute(&caller(ORG), "{ connections { totalCount } }", &json!({}))
        .await;
    assert_eq!(code(&answer(&response)), "BAD_USER_INPUT");
    assert!(!is_request_error(&response));
}

#[tokio::test]
async fn limits_are_told_with_what_was_asked() {
    let world = World::new().await;
    let costly = "{ connections(first: 100) { nodes { messages(first: 100) { nodes { id } } } } }";
    let refused = world.ask(&caller(ORG), costly).await;
    let extensions = &refused["errors"][0]["extensions"];
    assert_eq!(extensions["limit"], 2000, "{refused}");
    assert!(extensions["cost"].as_u64() > Some(2000), "{refused}");
}

#[tokio::test]
async fn without_a_caller_nothing_is_answered() {
    let world = World::new().await;
    let id = connector_schema::RequestId("request-1".to_owned());
    for query in [
        "{ __typename }",
        "{ viewer { name } }",
        "{ __schema { queryType { name } } }",
    ] {
        let request = Request::new(query).data(id.clone());
        let response = world.schema.execute(request).await;
        let answer = answer(&response);
        assert_eq!(code(&answer), "UNAUTHENTICATED", "{query}");
        assert_eq!(answer["data"], Value::Null);
        assert!(is_request_error(&response));
    }
}

#[tokio::test]
async fn credentials_that_have_run_out_are_none() {
    let world = World::new().await;
    let mut expired = caller(ORG);
    expired.expires_at = connector_domain::stamp::Stamp::parse("2026-11-24T10:00:00Z");
    let response = world
        .schema
        .execute(ready(Request::new("{ viewer { name } }"), &expired))
        .await;
    assert_eq!(code(&answer(&response)), "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_flood_of_mistakes_gets_few_errors() {
    let world = World::new().await;
    let mistakes = (0..200).map(|n| format!("x{n}"));
    let mistakes = mistakes.collect::<Vec<_>>().join(" ");
    let query = format!("{{ viewer {{ {mistakes} }} }}");
    let answer = world.ask(&caller(ORG), &query).await;
    assert_eq!(answer["errors"].as_array().map(Vec::len), Some(20));
}

#[tokio::test]
async fn a_variable_that_is_left_out_has_its_default_in_directives_too() {
    let world = World::new().await;
    let query = "query($shown: Boolean = true, $hidden: Boolean! = true) {
        viewer { name @include(if: $shown) orgId @skip(if: $hidden) } }";
    let own = caller(ORG);
    let expected = json!({"viewer": {"name": "inventory"}});
    assert_eq!(world.data(&own, query).await, expected);
    let given = json!({"shown": false, "hidden": false});
    let answer = world.ask_with(&own, query, &given).await;
    assert_eq!(answer["data"], json!({"viewer": {"orgId": ORG}}));
}
