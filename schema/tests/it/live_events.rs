//! Subscriptions.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use connector_domain::caller::{Caller, Permission};
use connector_domain::clock::Clock;
use connector_domain::connection::Details;
use connector_schema::{LiveEvents, live};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fake::CONNECTION_EVENTS;
use crate::world::{
    ORG, OTHER_ORG, Watch, World, caller, caller_with, code, details, eventually, everyone,
};

const CHANGES: &str = "subscription { connectionChanged { kind clientId version previousState
    state reason occurredAt cursor missed connection { clientId state } } }";

async fn watching(world: &World, caller: &Caller, query: &str) -> Watch {
    let mut watch = world.watch(caller, query);
    watch.begin(&world.live).await;
    watch
}

/// A device comes online, and this server has read of it.
async fn online_and_read(world: &World, org: &str, id: &str) {
    let mut reader = watching(world, &everyone(), CHANGES).await;
    world.online(org, id).await;
    reader.event().await;
}

fn from(cursor: &Value) -> String {
    format!(
        "subscription {{ connectionChanged(after: {cursor}) {{ clientId kind cursor version }} }}"
    )
}

#[tokio::test]
async fn a_subscriber_is_told_of_each_change_in_order() {
    let world = World::new().await;
    let mut watch = watching(&world, &caller(ORG), CHANGES).await;
    world.online(ORG, "host-1").await;
    let first = watch.event().await;
    assert_eq!(first["kind"], "APPEARED");
    assert_eq!(first["previousState"], Value::Null);
    assert_eq!(
        first["connection"],
        json!({"clientId": "host-1", "state": "ONLINE"})
    );
    world.offline(ORG, "host-1").await;
    let second = watch.event().await;
    assert_eq!(second["kind"], "STATE");
    assert_eq!(
        (&second["previousState"], &second["state"]),
        (&json!("ONLINE"), &json!("OFFLINE"))
    );
    assert_eq!(second["reason"], "REPORTED");
    assert_eq!(second["version"], 2);
    assert_eq!(second["missed"], 0);
    assert_eq!(second["occurredAt"], "2026-11-24T10:00:00.020Z");
}

#[tokio::test]
async fn a_tenant_change_is_a_departure_here_and_an_arrival_there() {
    let world = World::new().await;
    let mut old = watching(&world, &caller(ORG), CHANGES).await;
    let mut new = watching(&world, &caller(OTHER_ORG), CHANGES).await;
    let mut all = watching(&world, &everyone(), CHANGES).await;
    world.online(ORG, "host-1").await;
    assert_eq!(old.event().await["kind"], "APPEARED");
    assert_eq!(all.event().await["kind"], "APPEARED");
    world.online(OTHER_ORG, "host-1").await;
    let left = old.event().await;
    assert_eq!(left["kind"], "LEFT");
    assert_eq!(left["connection"], Value::Null);
    let appeared = new.event().await;
    assert_eq!(appeared["kind"], "APPEARED");
    assert_eq!(
        appeared["previousState"],
        Value::Null,
        "the former tenant's is nobody's business"
    );
    assert_eq!(all.event().await["kind"], "UPDATED");
}

#[tokio::test]
async fn a_device_without_a_tenant_is_told_to_nobody() {
    let world = World::new().await;
    let mut all = watching(&world, &everyone(), CHANGES).await;
    world.online("", "pending").await;
    world.online(ORG, "host-1").await;
    assert_eq!(all.event().await["clientId"], "host-1");
}

#[tokio::test]
async fn a_filter_matches_before_or_after_and_kinds_narrow() {
    let world = World::new().await;
    online_and_read(&world, ORG, "host-1").await;
    let own = caller(ORG);
    let query = |args: &str| {
        format!("subscription {{ connectionChanged({args}) {{ clientId kind state }} }}")
    };
    let mut online = watching(&world, &own, &query("filter: {state: [ONLINE]}")).await;
    let mut updated = watching(&world, &own, &query("kinds: [UPDATED]")).await;
    world.offline(ORG, "host-1").await;
    assert_eq!(online.event().await["state"], "OFFLINE");
    world.online(ORG, "host-1").await;
    assert_eq!(online.event().await["state"], "ONLINE");
    let renamed = Details {
        client_version: Some("9".to_owned()),
        ..details("host-1")
    };
    world.online_as(ORG, "host-1", renamed).await;
    let only = updated.event().await;
    assert_eq!(
        only,
        json!({"clientId": "host-1", "kind": "UPDATED", "state": "ONLINE"})
    );
}

#[tokio::test]
async fn list_then_watch_misses_nothing() {
    let world = World::new().await;
    let own = caller(ORG);
    online_and_read(&world, ORG, "before").await;
    let cursor = world.data(&own, "{ changesCursor }").await["changesCursor"].clone();
    world.online(ORG, "between").await;
    let mut watch = world.watch(&own, &from(&cursor));
    assert_eq!(watch.event().await["clientId"], "between");
    world.online(ORG, "after").await;
    assert_eq!(watch.event().await["clientId"], "after");
}

#[tokio::test]
async fn a_cursor_resumes_on_every_server_without_gap_or_repeat() {
    let mut world = World::new().await;
    let own = caller(ORG);
    let mut watch = watching(&world, &own, CHANGES).await;
    let mut cursors = Vec::new();
    for n in 0..6 {
        world.online(ORG, &format!("host-{n}")).await;
        cursors.push(watch.event().await["cursor"].clone());
    }
    let other = LiveEvents::new(
        live::Options::default(),
        Arc::clone(&world.clock) as Arc<dyn Clock>,
    );
    world.pump(other.clone(), "log-1", 0).await;
    let elsewhere = world.on(&other);
    for schema in [&world.schema, &elsewhere] {
        for (n, cursor) in cursors.iter().enumerate() {
            let mut resumed = crate::world::watch(schema, &own, &from(cursor));
            for expected in n + 1..6 {
                assert_eq!(
                    resumed.event().await["clientId"],
                    format!("host-{expected}")
                );
            }
        }
    }
}

#[tokio::test]
async fn a_cursor_of_a_server_that_has_read_further_gives_no_repeat() {
    let mut world = World::new().await;
    let own = caller(ORG);
    let mut watch = watching(&world, &own, CHANGES).await;
    world.online(ORG, "host-1").await;
    world.online(ORG, "host-2").await;
    watch.event().await;
    let cursor = watch.event().await["cursor"].clone();
    let behind = LiveEvents::new(
        live::Options::default(),
        Arc::clone(&world.clock) as Arc<dyn Clock>,
    );
    let until = Arc::new(AtomicUsize::new(0));
    let held = Arc::clone(&until);
    world.pump_held(behind.clone(), "log-1", held).await;
    let mut resumed = crate::world::watch(&world.on(&behind), &own, &from(&cursor));
    resumed.begin(&behind).await;
    until.store(usize::MAX, Ordering::SeqCst);
    world.online(ORG, "host-3").await;
    assert_eq!(resumed.event().await["clientId"], "host-3");
}

#[tokio::test]
async fn repeats_of_an_event_are_told_once() {
    let world = World::new().await;
    let mut watch = watching(&world, &caller(ORG), CHANGES).await;
    world.online(ORG, "host-1").await;
    let repeat = world.kafka.records()[0].value.clone().expect("a value");
    world
        .kafka
        .push(CONNECTION_EVENTS, "host-1", repeat.to_vec());
    world
        .kafka
        .push(CONNECTION_EVENTS, "host-1", b"{ nonsense".to_vec());
    world.offline(ORG, "host-1").await;
    assert_eq!(watch.event().await["version"], 1);
    assert_eq!(watch.event().await["version"], 2);
}

#[tokio::test]
async fn a_cursor_too_old_or_of_another_log_has_expired_and_nonsense_is_an_input_error() {
    let mut world = World::with(live::Options {
        ring_age: Duration::from_mins(1),
        ..live::Options::default()
    })
    .await;
    let own = caller(ORG);
    let start = world.data(&own, "{ changesCursor }").await["changesCursor"].clone();
    online_and_read(&world, ORG, "host-1").await;
    let fine = world.watch(&own, &from(&start)).event().await;
    assert_eq!(fine["clientId"], "host-1");
    world.clock.advance(Duration::from_secs(61));
    let stale = world.watch(&own, &from(&start)).next().await;
    assert_eq!(code(&stale.expect("an answer")), "CURSOR_EXPIRED");
    let nonsense = world.watch(&own, &from(&json!("nonsense"))).next().await;
    assert_eq!(code(&nonsense.expect("an answer")), "BAD_USER_INPUT");
    let other = LiveEvents::new(
        live::Options::default(),
        Arc::clone(&world.clock) as Arc<dyn Clock>,
    );
    world.pump(other.clone(), "log-2", 0).await;
    let elsewhere = world.on(&other);
    let foreign = crate::world::watch(&elsewhere, &own, &from(&fine["cursor"]))
        .next()
        .await;
    assert_eq!(code(&foreign.expect("an answer")), "CURSOR_EXPIRED");
}

#[tokio::test]
async fn a_server_that_began_later_resumes_only_what_it_has_read() {
    let mut world = World::new().await;
    let own = caller(ORG);
    let start = world.data(&own, "{ changesCursor }").await["changesCursor"].clone();
    world.online(ORG, "host-1").await;
    let late = LiveEvents::new(
        live::Options::default(),
        Arc::clone(&world.clock) as Arc<dyn Clock>,
    );
    world.pump(late.clone(), "log-1", 1).await;
    let answer = crate::world::watch(&world.on(&late), &own, &from(&start))
        .next()
        .await;
    assert_eq!(code(&answer.expect("an answer")), "CURSOR_EXPIRED");
}

#[tokio::test]
async fn the_ring_stays_within_its_bytes() {
    let world = World::with(live::Options {
        ring_bytes: 10_000,
        ..live::Options::default()
    })
    .await;
    let own = caller(ORG);
    let mut watch = watching(&world, &own, CHANGES).await;
    let mut cursors = Vec::new();
    for n in 0..40 {
        world.online(ORG, &format!("host-{n}")).await;
        cursors.push(watch.event().await["cursor"].clone());
    }
    let oldest = world.watch(&own, &from(&cursors[0])).next().await;
    assert_eq!(code(&oldest.expect("an answer")), "CURSOR_EXPIRED");
    let newest = world.watch(&own, &from(&cursors[38])).event().await;
    assert_eq!(newest["clientId"], "host-39");
}

#[tokio::test]
async fn a_slow_subscriber_loses_the_oldest_and_is_told_how_many() {
    let world = World::with(live::Options {
        backlog: 4,
        ..live::Options::default()
    })
    .await;
    let own = caller(ORG);
    let mut slow = watching(&world, &own, CHANGES).await;
    let mut quick = watching(
        &world,
        &own,
        "subscription { connectionChanged(kinds: [APPEARED]) { version } }",
    )
    .await;
    for n in 0..10 {
        world.online(ORG, &format!("host-{n}")).await;
        quick.event().await;
    }
    let first = slow.event().await;
    assert_eq!(first["missed"], 6);
    assert_eq!(first["clientId"], "host-6");
    assert_eq!(slow.event().await["missed"], 0);
}

#[tokio::test]
async fn those_who_want_the_same_share_a_group_that_goes_with_the_last() {
    let world = World::new().await;
    let own = caller(ORG);
    let one = watching(&world, &own, CHANGES).await;
    let two = watching(&world, &own, CHANGES).await;
    let other = watching(&world, &caller(OTHER_ORG), CHANGES).await;
    assert_eq!((world.live.streams(), world.live.groups()), (3, 2));
    drop(one);
    assert_eq!((world.live.streams(), world.live.groups()), (2, 2));
    drop(two);
    drop(other);
    assert_eq!((world.live.streams(), world.live.groups()), (0, 0));
}

#[tokio::test]
async fn a_stopping_server_ends_its_streams() {
    let mut world = World::new().await;
    let mut watch = watching(&world, &caller(ORG), CHANGES).await;
    world.stop().await;
    assert_eq!(watch.next().await, None);
    let answer = world.watch(&caller(ORG), CHANGES).next().await;
    assert_eq!(code(&answer.expect("an answer")), "UNAVAILABLE");
}

#[tokio::test]
async fn a_subscriber_that_comes_early_waits_until_the_topics_are_read() {
    let mut world = World::new().await;
    let early = LiveEvents::new(
        live::Options::default(),
        Arc::clone(&world.clock) as Arc<dyn Clock>,
    );
    world.online(ORG, "old").await;
    let schema = world.on(&early);
    let mut watch = crate::world::watch(&schema, &caller(ORG), CHANGES);
    let polled = futures::FutureExt::now_or_never(watch.next());
    assert!(polled.is_none());
    assert!(!early.is_ready());
    world.pump(early.clone(), "log-1", 0).await;
    watch.begin(&early).await;
    world.online(ORG, "new").await;
    assert_eq!(watch.event().await["clientId"], "new");
}

#[tokio::test]
async fn a_subscription_ends_when_the_credentials_run_out() {
    let world = World::new().await;
    let mut own = caller(ORG);
    own.expires_at = Some(world.clock.now().plus(Duration::from_millis(100)));
    let mut watch = watching(&world, &own, CHANGES).await;
    world.clock.advance(Duration::from_millis(100));
    let answer = watch.next().await.expect("an answer");
    assert_eq!(code(&answer), "UNAUTHENTICATED");
    assert_eq!(watch.next().await, None);
    eventually(|| world.live.streams() == 0).await;
}

#[tokio::test]
async fn a_message_is_followed_until_it_is_answered() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let own = caller(ORG);
    let states = "subscription { messageStateChanged { seq previousState state missed message { messageId } } }";
    let mut steps = watching(&world, &own, states).await;
    let arrivals = "subscription { messageReceived { missed message { direction responseTo { messageId } content } } }";
    let mut received = watching(&world, &own, arrivals).await;
    let mut theirs = watching(&world, &caller(OTHER_ORG), arrivals).await;
    let id = Uuid::from_u128(3);
    let send = format!(
        r#"mutation {{ sendMessage(input: {{clientId: "host-1", directive: "echo", messageId: "{id}"}}) {{ duplicate }} }}"#
    );
    world.data(&own, &send).await;
    let queued = steps.event().await;
    assert_eq!(queued["message"]["messageId"], json!(id));
    let published = steps.event().await;
    let mut seen = [queued["state"].clone(), published["state"].clone()];
    seen.sort_by_key(ToString::to_string);
    assert_eq!(seen, [json!("PUBLISHED"), json!("QUEUED")]);
    world.arrives("host-1", Some(id)).await;
    let responded = steps.event().await;
    assert_eq!(
        (
            &responded["seq"],
            &responded["previousState"],
            &responded["state"]
        ),
        (&json!(3), &json!("PUBLISHED"), &json!("RESPONDED"))
    );
    let arrival = received.event().await;
    assert_eq!(arrival["message"]["direction"], "FROM_DEVICE");
    assert_eq!(arrival["message"]["responseTo"]["messageId"], json!(id));
    world.online(OTHER_ORG, "theirs").await;
    world.arrives("theirs", None).await;
    assert_eq!(theirs.event().await["message"]["responseTo"], Value::Null);
}

#[tokio::test]
async fn message_states_match_before_or_after_and_senders_watch_their_own() {
    let world = World::new().await;
    world.online(ORG, "host-1").await;
    let sender = caller_with(Some(ORG), &[Permission::MessageSend]);
    let mine = "subscription { messageStateChanged(filter: {mine: true, state: [PUBLISHED]}) { state previousState } }";
    let mut steps = watching(&world, &sender, mine).await;
    let id = Uuid::from_u128(4);
    let send = format!(
        r#"mutation {{ sendMessage(input: {{clientId: "host-1", directive: "echo", messageId: "{id}"}}) {{ duplicate }} }}"#
    );
    world.data(&sender, &send).await;
    assert_eq!(
        steps.event().await,
        json!({"state": "PUBLISHED", "previousState": "QUEUED"})
    );
    world.arrives("host-1", Some(id)).await;
    assert_eq!(
        steps.event().await,
        json!({"state": "RESPONDED", "previousState": "PUBLISHED"})
    );
}

#[tokio::test(start_paused = true)]
async fn counts_are_pushed_at_once_then_when_they_change_and_not_too_often() {
    let world = World::new().await;
    world.online(ORG, "host-0").await;
    let own = caller(ORG);
    let query =
        "subscription { connectionStatsChanged(minIntervalMs: 1000) { total online asOf } }";
    let mut one = world.watch(&own, query);
    let mut two = world.watch(&own, query);
    assert_eq!(one.event().await["total"], 1);
    assert_eq!(two.event().await["total"], 1);
    let pushed = tokio::time::Instant::now();
    let before = world.store.statements();
    for n in 1..=5 {
        world.online(ORG, &format!("host-{n}")).await;
    }
    let arranging = world.store.statements();
    let (first, second) = tokio::join!(one.event(), two.event());
    assert_eq!((&first["total"], &second["total"]), (&json!(6), &json!(6)));
    assert!(pushed.elapsed() >= Duration::from_secs(1));
    assert!(arranging > before);
    assert_eq!(
        world.store.statements() - arranging,
        1,
        "counted once for both"
    );
    let refused = world
        .watch(
            &own,
            "subscription { connectionStatsChanged(minIntervalMs: 249) { total } }",
        )
        .next()
        .await;
    assert_eq!(code(&refused.expect("an answer")), "BAD_USER_INPUT");
}
