//! Devices that change hands, and devices that are nobody's.

use connector_domain::message::MessageState;
use serde_json::{Value, json};

use super::party::{A, B, CAME, NOBODYS, Party, SECRET};
use super::tenants::{Beside, Tenants, gone, nobodys_devices, online, unknown};
use crate::world::{Watch, everyone};
use connector_domain::connection::OfflineCause;
use connector_domain::tenant::TenantLookup;

const CHANGES: &str = "subscription { connectionChanged { kind clientId previousState state
    connection { clientId orgId clientName stateHistory(first: 9) { nodes { version } }
        messages(first: 9) { totalCount nodes { content } } } } }";

async fn watching(tenants: &Tenants, party: &Party) -> Watch {
    let mut watch = tenants.world.watch(&party.caller(), CHANGES);
    let _what_was_before = watch.heard().await;
    watch
}

fn events(heard: Vec<Value>) -> Vec<Value> {
    let event = |mut answer: Value| {
        assert_eq!(answer["errors"], Value::Null, "{answer}");
        answer["data"]["connectionChanged"].take()
    };
    heard.into_iter().map(event).collect()
}

#[tokio::test]
async fn a_device_that_came_brings_neither_its_past_nor_its_messages() {
    let tenants = Tenants::arrange(Beside::B).await;
    let query = format!(
        r#"{{ connection(clientId: "{CAME}") {{ orgId clientName tags {{ value }}
            stateHistory(first: 9) {{ nodes {{ version state }} pageInfo {{ hasNextPage hasPreviousPage }} }}
            messages(first: 9) {{ totalCount nodes {{ content sentBy }} }} }} }}"#
    );
    let data = tenants.world.data(&A.caller(), &query).await;
    let device = &data["connection"];
    assert!(!data.to_string().contains(SECRET), "{data}");
    assert_eq!(device["orgId"], A.org);
    assert_eq!(
        device["stateHistory"]["nodes"],
        json!([]),
        "its state has not changed since"
    );
    assert_eq!(
        device["messages"]["totalCount"], 2,
        "one there and one back"
    );
    // Whose it was keeps what happened then.
    let query = format!(
        r#"{{ connection(clientId: "{CAME}") {{ id }}
            messages(first: 9, filter: {{clientIds: ["{CAME}"]}}) {{ nodes {{ connection {{ id }} }} }} }}"#
    );
    let kept = tenants.world.data(&B.caller(), &query).await;
    assert_eq!(kept["connection"], Value::Null);
    let without_device = json!([{"connection": null}, {"connection": null}]);
    assert_eq!(kept["messages"]["nodes"], without_device);
}

#[tokio::test]
async fn an_answer_to_a_message_of_the_former_owner_shows_neither_to_the_other() {
    let tenants = Tenants::arrange(Beside::B).await;
    let era = B.uuid(300);
    let late = tenants.arrival(&A, CAME, 310, Some((era, MessageState::Responded)));
    let answer = tenants.receive(&A, late).await;
    let query = format!(
        r#"{{ question: message(messageId: "{era}") {{ state content responses(first: 9) {{ totalCount nodes {{ content }} }} }}
            answer: message(messageId: "{answer}") {{ content responseTo {{ id }} }} }}"#
    );
    let own = tenants.world.data(&A.caller(), &query).await;
    assert_eq!(own["question"], Value::Null);
    assert_eq!(own["answer"]["responseTo"], Value::Null);
    let former = tenants.world.data(&B.caller(), &query).await;
    assert_eq!(former["answer"], Value::Null);
    let responses = &former["question"]["responses"];
    assert_eq!(responses["totalCount"], 1, "the one from then");
    assert!(!former.to_string().contains(A.text), "{former}");
}

/// The one thing that tells an id used before from one that was not: ids are unique per device, and whoever knows one of
/// 122 random bits knows it anyway.
#[tokio::test]
async fn an_id_that_the_former_owner_used_on_a_device_conflicts_and_says_no_more() {
    let tenants = Tenants::arrange(Beside::B).await;
    let query = format!(
        r#"mutation {{ ping(input: {{clientId: "{CAME}", messageId: "{}"}}) {{ duplicate message {{ id }}
            errors {{ code path ... on ConflictError {{ existing {{ id }} }} }} }} }}"#,
        B.uuid(300)
    );
    let payload = tenants.world.data(&A.caller(), &query).await;
    let error =
        json!({"code": "IDEMPOTENCY_CONFLICT", "path": ["input", "messageId"], "existing": null});
    let expected = json!({"duplicate": false, "message": null, "errors": [error]});
    assert_eq!(payload["ping"], expected);
}

#[tokio::test(start_paused = true)]
async fn a_device_that_moves_leaves_the_one_and_appears_to_the_other_with_nothing_of_the_other() {
    let tenants = Tenants::arrange(Beside::B).await;
    tenants.says(&B, "moving", online(&B, "moving")).await;
    tenants.letter(&B, "moving", 800).await;
    let mut of_a = watching(&tenants, &A).await;
    let mut of_b = watching(&tenants, &B).await;
    tenants.says(&A, "moving", online(&A, "moving")).await;
    let there = json!({"clientId": "moving", "orgId": A.org, "clientName": A.label("client"),
        "stateHistory": {"nodes": []}, "messages": {"totalCount": 0, "nodes": []}});
    let appeared = json!({"kind": "APPEARED", "clientId": "moving", "previousState": null, "state": "ONLINE",
        "connection": there});
    assert_eq!(events(of_a.heard().await), [appeared]);
    let left = json!({"kind": "LEFT", "clientId": "moving", "previousState": "ONLINE", "state": "ONLINE",
        "connection": null});
    assert_eq!(events(of_b.heard().await), [left]);
    // What happens to it from now on is A's alone.
    tenants
        .says(&A, "moving", gone(OfflineCause::Reported))
        .await;
    let kinds: Vec<Value> = events(of_a.heard().await)
        .iter()
        .map(|event| event["kind"].clone())
        .collect();
    assert_eq!(kinds, ["STATE"]);
    assert_eq!(events(of_b.heard().await), Vec::<Value>::new());
}

#[tokio::test(start_paused = true)]
async fn a_device_of_nobody_is_told_to_nobody_until_it_is_adopted() {
    let tenants = Tenants::arrange(Beside::B).await;
    let mut watches = Vec::new();
    for caller in [A.caller(), B.caller(), everyone()] {
        let mut watch = tenants.world.watch(&caller, CHANGES);
        let _what_was_before = watch.heard().await;
        watches.push((caller, watch));
    }
    let nobody = Party { text: NOBODYS, ..B };
    let devices = nobodys_devices();
    for (id, lookup) in devices.iter().zip([TenantLookup::Unavailable, unknown()]) {
        let says = gone(OfflineCause::Reported);
        tenants.world.says(lookup.clone(), id, says).await;
        tenants.world.says(lookup, id, online(&nobody, id)).await;
        let arrival = tenants.arrival(&nobody, id, 910, None);
        tenants.world.receive(arrival).await;
    }
    for (caller, watch) in &mut watches {
        assert_eq!(watch.heard().await, Vec::<Value>::new());
        for id in &devices {
            let query = format!(
                r#"{{ connection(clientId: "{id}") {{ id }} connections(first: 9, filter: {{clientIds: ["{id}"]}}) {{ totalCount }}
                    messages(first: 9, filter: {{clientIds: ["{id}"]}}) {{ totalCount }} }}"#
            );
            let none = json!({"connection": null, "connections": {"totalCount": 0}, "messages": {"totalCount": 0}});
            assert_eq!(tenants.world.data(caller, &query).await, none);
        }
    }
    let id = &devices[0];
    tenants.says(&A, id, online(&A, id)).await;
    let mut kinds = Vec::new();
    for (_, watch) in &mut watches {
        let seen = events(watch.heard().await);
        kinds.push(
            seen.iter()
                .map(|event| event["kind"].clone())
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(
        kinds,
        [vec![json!("APPEARED")], vec![], vec![json!("APPEARED")]]
    );
}
