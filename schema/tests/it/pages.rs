//! Lists: pages both ways, filters, orders, and cursors that are not theirs.

use serde_json::{Value, json};

use crate::world::{ORG, OTHER_ORG, World, caller, code, everyone};

async fn fleet() -> World {
    let world = World::new().await;
    for n in 1..=5 {
        world.online(ORG, &format!("host-{n}")).await;
    }
    world.offline(ORG, "host-2").await;
    world.online(OTHER_ORG, "other-1").await;
    world
}

fn ids(list: &Value) -> Vec<&str> {
    let nodes = list["nodes"].as_array().expect("nodes");
    nodes
        .iter()
        .filter_map(|node| node["clientId"].as_str())
        .collect()
}

const PAGE: &str = "query($first: Int, $after: String, $last: Int, $before: String) {
    connections(first: $first, after: $after, last: $last, before: $before) {
        nodes { clientId } edges { cursor node { clientId } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

#[tokio::test]
async fn pages_go_forwards_and_backwards_without_gap_or_repeat() {
    let world = fleet().await;
    let own = caller(ORG);
    let mut seen = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = world
            .ask_with(&own, PAGE, &json!({"first": 2, "after": after}))
            .await;
        let list = &page["data"]["connections"];
        seen.extend(ids(list).into_iter().map(str::to_owned));
        assert_eq!(
            list["pageInfo"]["endCursor"],
            list["edges"]
                .as_array()
                .expect("edges")
                .last()
                .expect("an edge")["cursor"]
        );
        after = list["pageInfo"]["endCursor"].clone();
        if list["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
    }
    assert_eq!(seen, ["host-1", "host-2", "host-3", "host-4", "host-5"]);
    let back = world
        .ask_with(&own, PAGE, &json!({"last": 2, "before": after}))
        .await;
    let list = &back["data"]["connections"];
    assert_eq!(ids(list), ["host-3", "host-4"]);
    assert_eq!(list["pageInfo"]["hasPreviousPage"], json!(true));
}

#[tokio::test]
async fn a_page_size_is_required_once_and_within_bounds() {
    let world = fleet().await;
    let own = caller(ORG);
    for args in [
        json!({}),
        json!({"first": 1, "last": 1}),
        json!({"first": 0}),
        json!({"last": 101}),
        json!({"first": -1}),
    ] {
        let answer = world.ask_with(&own, PAGE, &args).await;
        assert_eq!(code(&answer), "BAD_USER_INPUT", "{args}");
    }
}

#[tokio::test]
async fn a_cursor_of_another_list_order_or_tenant_is_refused() {
    let world = fleet().await;
    let own = caller(ORG);
    let page = world.ask_with(&own, PAGE, &json!({"first": 1})).await;
    let cursor = page["data"]["connections"]["pageInfo"]["endCursor"]
        .as_str()
        .expect("a cursor");
    let others = [
        format!(r#"{{ messages(first: 1, after: "{cursor}") {{ nodes {{ id }} }} }}"#),
        format!(r#"{{ accounts(first: 1, after: "{cursor}") {{ nodes {{ id }} }} }}"#),
        format!(
            r#"{{ connections(first: 1, after: "{cursor}", orderBy: {{field: FQDN}}) {{ nodes {{ id }} }} }}"#
        ),
        format!(
            r#"{{ connections(first: 1, after: "{cursor}", orderBy: {{field: CLIENT_ID, direction: DESC}}) {{ nodes {{ id }} }} }}"#
        ),
        r#"{ connections(first: 1, before: "nonsense") { nodes { id } } }"#.to_owned(),
    ];
    for query in others {
        assert_eq!(world.code(&own, &query).await, "BAD_USER_INPUT", "{query}");
    }
    let foreign = json!({"first": 1, "after": cursor});
    let answer = world.ask_with(&caller(OTHER_ORG), PAGE, &foreign).await;
    assert_eq!(code(&answer), "BAD_USER_INPUT");
    let narrowed = format!(
        r#"{{ account {{ connections(first: 1, after: "{cursor}") {{ nodes {{ clientId }} }} }} }}"#
    );
    let same = world.data(&own, &narrowed).await;
    assert_eq!(ids(&same["account"]["connections"]), ["host-2"]);
}

#[tokio::test]
async fn filters_are_anded_and_an_empty_list_matches_nothing() {
    let world = fleet().await;
    let own = caller(ORG);
    for (filter, expected) in [
        ("{state: [OFFLINE]}", vec!["host-2"]),
        ("{state: []}", vec![]),
        (
            r#"{clientIds: ["host-1", "other-1", "a/b"]}"#,
            vec!["host-1"],
        ),
        (r#"{search: "HOST-3"}"#, vec!["host-3"]),
        (
            r#"{fqdn: {startsWith: "HOST-4."}, state: [ONLINE]}"#,
            vec!["host-4"],
        ),
        (
            r#"{clientName: {eq: "yggdrasil"}, tags: [{key: "env"}], clientIds: ["host-5"]}"#,
            vec!["host-5"],
        ),
        (r#"{clientVersion: {in: ["1"]}}"#, vec![]),
        (
            r#"{lastSeenAt: {to: "2026-11-24T10:00:00.015Z"}}"#,
            vec!["host-1"],
        ),
        (
            r#"{insightsIds: ["0B2A6C1E-0000-4000-8000-00000000000A"], clientIds: ["host-1"]}"#,
            vec!["host-1"],
        ),
        (
            r#"{orgIds: ["10000"], clientIds: ["host-1"]}"#,
            vec!["host-1"],
        ),
    ] {
        let query =
            format!("{{ connections(first: 10, filter: {filter}) {{ nodes {{ clientId }} }} }}");
        let data = world.data(&own, &query).await;
        assert_eq!(ids(&data["connections"]), expected, "{filter}");
    }
}

#[tokio::test]
async fn a_filter_out_of_bounds_says_which_field_and_what_it_takes() {
    let world = fleet().await;
    let own = caller(ORG);
    let query =
        "query($f: ConnectionFilter) { connections(first: 1, filter: $f) { nodes { id } } }";
    for (filter, part) in [
        (
            json!({"clientIds": vec!["x"; 501]}),
            "filter.clientIds takes at most 500",
        ),
        (json!({"search": "x"}), "filter.search takes 2 to 100"),
        (
            json!({"fqdn": {"in": vec!["x"; 101]}}),
            "filter.fqdn.in takes at most 100",
        ),
        (
            json!({"dispatchers": ["a\u{0}b"]}),
            "filter.dispatchers holds a NUL",
        ),
    ] {
        let answer = world.ask_with(&own, query, &json!({ "f": filter })).await;
        assert_eq!(code(&answer), "BAD_USER_INPUT", "{part}");
        let message = answer["errors"][0]["message"].as_str().expect("a message");
        assert!(message.contains(part), "{message}");
    }
    for filter in [
        r#"{orgIds: ["20000"]}"#,
        r#"{orgIds: ["absent"]}"#,
        r#"{accountNumbers: ["910000"]}"#,
    ] {
        let query = format!("{{ connections(first: 1, filter: {filter}) {{ nodes {{ id }} }} }}");
        assert_eq!(world.code(&own, &query).await, "FORBIDDEN", "{filter}");
    }
    let query = r#"{ connections(first: 9, filter: {orgIds: ["20000"]}) { nodes { clientId } } }"#;
    let data = world.data(&everyone(), query).await;
    assert_eq!(ids(&data["connections"]), ["other-1"]);
}

#[tokio::test]
async fn messages_are_listed_newest_first_and_by_filter() {
    let world = fleet().await;
    let own = caller(ORG);
    let first = world.arrives("host-1", None).await;
    let second = world.arrives("host-3", None).await;
    let query = "{ messages(first: 5) { nodes { messageId clientId } } }";
    let data = world.data(&own, query).await;
    let expected = json!([
        {"messageId": second.to_string(), "clientId": "host-3"},
        {"messageId": first.to_string(), "clientId": "host-1"},
    ]);
    assert_eq!(data["messages"]["nodes"], expected);
    for (filter, count) in [
        (r#"{clientIds: ["host-1"]}"#, 1),
        ("{direction: TO_DEVICE}", 0),
        ("{kind: [DATA], state: [RESPONDED]}", 2),
        ("{mine: true}", 0),
        (
            r#"{directive: ["echo"], createdAt: {from: "2026-11-24T10:00:00Z"}}"#,
            2,
        ),
        ("{kind: []}", 0),
    ] {
        let query =
            format!("{{ messages(first: 5, filter: {filter}) {{ totalCount nodes {{ id }} }} }}");
        let list = &world.data(&own, &query).await["messages"];
        assert_eq!(list["totalCount"], count, "{filter}");
        assert_eq!(
            list["nodes"].as_array().map(Vec::len),
            usize::try_from(count).ok(),
            "{filter}"
        );
    }
    let query = r#"{ connection(clientId: "host-1") { messages(last: 1, orderBy: {field: CREATED_AT, direction: ASC}) { totalCount nodes { messageId } } } }"#;
    let list = &world.data(&own, query).await["connection"]["messages"];
    assert_eq!(
        list,
        &json!({"totalCount": 1, "nodes": [{"messageId": first.to_string()}]})
    );
}
