//! Dead letters listed and put back.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use connector_consumers::dead_letters::{
    Filter, Heading, Mode, Obstacle, Outcome, Place, ReplayPorts, Selection, Topics, find, list,
    replay,
};
use connector_domain::clock::Clock as _;
use connector_domain::id::ClientId;
use connector_domain::port::OutgoingRecord;
use connector_domain::wire::Channel;
use serde_json::json;

use crate::fake::{Kept, Stage, Tail, control, data, online, topic_prefix};

fn topics() -> Topics {
    Topics {
        control: "control".to_owned(),
        data: "data".to_owned(),
        dead_letter: "dead-letter".to_owned(),
        topic_prefix: topic_prefix(),
    }
}

fn letters(stage: &Stage) -> Arc<Tail> {
    Tail::open(&stage.log, "dead-letter", Kept::All)
}

async fn run(stage: &Stage, selection: Selection, mode: Mode) -> Vec<(Heading, Outcome)> {
    let ports = ReplayPorts {
        receipts: letters(stage),
        letters: letters(stage),
        log: Arc::new(stage.log.clone()),
    };
    let mut told = Vec::new();
    let mut tell = |heading: &Heading, outcome: &Outcome| {
        told.push((heading.clone(), outcome.clone()));
    };
    let missing = replay(&ports, &topics(), selection, mode, &mut tell).await;
    assert_eq!(missing.expect("replayed"), BTreeSet::new());
    told
}

async fn replay_all(stage: &Stage) -> Vec<Outcome> {
    let told = run(stage, Selection::All(Filter::default()), Mode::Replay).await;
    told.into_iter().map(|(_, outcome)| outcome).collect()
}

async fn headings(stage: &Stage) -> Vec<Heading> {
    let listed = list(letters(stage).as_ref(), &Filter::default(), 100).await;
    listed.expect("listed").headings
}

/// A data message and a status that the database refused, though it would take them now: what made it refuse (a
/// directive, a name) is left out of the letters' payloads.
async fn refused_and_cured() -> Stage {
    let mut stage = Stage::set();
    control(&stage, "host-1", online("m-1", "agent")).await;
    data(
        &stage,
        "host-1",
        json!({"type": "data", "message_id": "d-1", "directive": "poison", "content": 1}),
    )
    .await;
    stage.play().await;
    stage.store.heal();
    stage
}

#[tokio::test]
async fn a_replayed_message_is_stored_with_the_time_it_was_received() {
    let mut stage = refused_and_cured().await;
    let original = stage.log.records("data")[0].clone();
    let told = replay_all(&stage).await;
    assert!(matches!(&told[..], [Outcome::Replayed { topic, .. }] if topic == "data"));
    let [_, again] = &stage.log.records("data")[..] else {
        panic!("once more")
    };
    assert_eq!((&again.key, &again.value), (&original.key, &original.value));
    for name in ["topic", "mqtt_message_id", "date_received"] {
        assert_eq!(again.header(name), original.header(name), "{name}");
    }
    stage.play().await;
    assert_eq!(stage.log.records("message-events").len(), 1);
    let listed = headings(&stage).await;
    assert_eq!(listed.len(), 1, "a receipt is no letter");
    let to = format!("data/{}/{}", again.partition, again.offset);
    assert_eq!(listed[0].replayed_to.as_deref(), Some(to.as_str()));

    // Once more makes nothing two, whether it is left out or asked for.
    assert_eq!(replay_all(&stage).await, [Outcome::AlreadyReplayed]);
    let place = Selection::Places([listed[0].place].into());
    let told = run(&stage, place, Mode::Replay).await;
    assert!(matches!(told[0].1, Outcome::Replayed { .. }));
    stage.play().await;
    assert_eq!(stage.log.records("message-events").len(), 1);
}

#[tokio::test]
async fn a_replayed_status_counts_only_if_nothing_newer_has() {
    for newer in [false, true] {
        let mut stage = Stage::set();
        control(&stage, "host-1", online("m-1", "agent")).await;
        control(&stage, "host-1", online("m-2", "poison")).await;
        stage.play().await;
        if newer {
            control(&stage, "host-1", online("m-3", "newest")).await;
            stage.play().await;
        }
        stage.store.heal();
        replay_all(&stage).await;
        stage.play().await;
        let details = stage.connection("host-1").await.expect("there").details;
        let name = details.and_then(|details| details.client_name);
        let expected = if newer { "newest" } else { "poison" };
        assert_eq!(name.as_deref(), Some(expected));
    }
}

#[tokio::test]
async fn what_fails_again_is_not_replayed_with_the_rest_again() {
    let mut stage = Stage::set();
    stage.says("host-1", Channel::Control, "{damaged").await;
    stage.play().await;
    assert!(matches!(
        replay_all(&stage).await[..],
        [Outcome::Replayed { .. }]
    ));
    stage.play().await;
    let listed = headings(&stage).await;
    assert_eq!(listed.len(), 2);
    let first = listed.last().expect("two").place.to_string();
    assert_eq!(listed[0].replayed_from.as_deref(), Some(first.as_str()));
    let mut told = replay_all(&stage).await;
    told.sort_by_key(|outcome| *outcome == Outcome::FailedAgain);
    assert_eq!(told, [Outcome::AlreadyReplayed, Outcome::FailedAgain]);
    assert_eq!(stage.log.records("control").len(), 2);
}

#[tokio::test]
async fn a_dry_run_appends_nothing_and_a_cut_letter_cannot_be_replayed() {
    let mut stage = Stage::set();
    let large = format!("{{{}", "x".repeat(70_000));
    stage.says("host-1", Channel::Control, "{damaged").await;
    stage.says("host-2", Channel::Control, large).await;
    stage.play().await;
    let all = || Selection::All(Filter::default());
    for (mode, letters) in [(Mode::DryRun, 2), (Mode::Replay, 3)] {
        for (heading, outcome) in run(&stage, all(), mode).await {
            match heading.client_id.as_deref() {
                Some("host-2") => assert_eq!(outcome, Outcome::Impossible(Obstacle::Cut)),
                _ if mode == Mode::DryRun => {
                    let topic = "control".to_owned();
                    assert_eq!(outcome, Outcome::WouldReplay { topic });
                }
                _ => assert!(matches!(outcome, Outcome::Replayed { .. })),
            }
        }
        assert_eq!(stage.log.records("dead-letter").len(), letters);
    }
    assert_eq!(stage.log.records("control").len(), 3);
}

fn dead(key: &str, headers: &[(&'static str, &str)], value: &str) -> OutgoingRecord {
    let size = value.len().to_string();
    let mut headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect();
    headers.push(("original_size", size));
    OutgoingRecord {
        topic: "dead-letter".to_owned(),
        key: Some(Bytes::from(key.to_owned())),
        headers,
        value: Some(Bytes::from(value.to_owned())),
    }
}

#[tokio::test]
async fn a_letter_goes_only_where_devices_messages_go_and_never_gets_newer() {
    let stage = Stage::set();
    let set_aside_at = stage.clock.now();
    let own = "redhat/insights/host-1/data/out";
    let cases = [
        // (origin, date_received, where to, with which stamp)
        (
            format!("mqtt:{own}"),
            None,
            Ok("data"),
            set_aside_at.to_string(),
        ),
        (
            "kafka:control/0/5".to_owned(),
            Some("2026-11-24T11:00:00+01:00"),
            Ok("control"),
            "2026-11-24T11:00:00+01:00".to_owned(),
        ),
        (
            "kafka:control/0/6".to_owned(),
            Some("2036-11-24T11:00:00Z"),
            Ok("control"),
            set_aside_at.to_string(),
        ),
        ("mqtt:other/topic".to_owned(), None, Err(()), String::new()),
        (
            "kafka:connection-state/0/6".to_owned(),
            None,
            Err(()),
            String::new(),
        ),
        (String::new(), None, Err(()), String::new()),
    ];
    for (origin, date_received, _, _) in &cases {
        let mut headers = vec![("topic", own), ("origin", origin.as_str())];
        headers.extend(date_received.map(|date| ("date_received", date)));
        stage.append(dead("host-1", &headers, "{}")).await;
    }
    let told = run(&stage, Selection::All(Filter::default()), Mode::Replay).await;
    for ((heading, outcome), (origin, _, expected, stamp)) in told.iter().zip(&cases) {
        assert_eq!(&heading.origin, origin);
        match (outcome, expected) {
            (Outcome::Replayed { topic, position }, Ok(expected)) => {
                assert_eq!(topic, expected);
                let records = stage.log.records(topic);
                let record = records
                    .iter()
                    .find(|record| record.offset == position.offset);
                let record = record.expect("there");
                assert_eq!(record.header("date_received"), Some(stamp.as_str()));
                assert_eq!(record.key.as_deref(), Some(&b"host-1"[..]));
            }
            (Outcome::Impossible(_), Err(())) => {}
            other => panic!("{origin}: {other:?}"),
        }
    }
    assert_eq!(told.len(), cases.len());
}

#[tokio::test]
async fn lists_are_newest_first_and_filtered_and_one_letter_is_found() {
    let mut stage = Stage::set();
    for n in 0..5 {
        stage
            .says(&format!("host-{n}"), Channel::Control, "{damaged")
            .await;
        stage
            .says(&format!("host-{n}"), Channel::Data, r#"{"type":"other"}"#)
            .await;
        stage.play().await;
    }
    let listed = list(letters(&stage).as_ref(), &Filter::default(), 3).await;
    let listed = listed.expect("listed");
    assert_eq!((listed.headings.len(), listed.passing), (3, 10));
    let whose: Vec<_> = listed
        .headings
        .iter()
        .filter_map(|one| one.client_id.as_deref())
        .collect();
    assert_eq!(whose, ["host-4", "host-4", "host-3"]);
    let filter = Filter {
        client_id: Some(ClientId::parse("host-2").expect("valid")),
        error: Some("UNKNOWN type".to_owned()),
    };
    let listed = list(letters(&stage).as_ref(), &filter, 3)
        .await
        .expect("listed");
    let [heading] = &listed.headings[..] else {
        panic!("one letter")
    };
    let letter = find(letters(&stage).as_ref(), heading.place)
        .await
        .expect("read");
    let letter = letter.expect("found");
    assert_eq!(&letter.heading, heading);
    assert_eq!(&letter.payload[..], br#"{"type":"other"}"#);
    let nowhere = Place {
        partition: 0,
        offset: 999,
    };
    let letter = find(letters(&stage).as_ref(), nowhere).await.expect("read");
    assert_eq!(letter, None);
}
