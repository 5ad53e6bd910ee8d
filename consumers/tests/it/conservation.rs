//! The books balance: what was taken is settled, given back or at hand, as the metrics of a process say it.

use bytes::Bytes;
use connector_domain::clock::Clock as _;
use connector_domain::port::OutgoingRecord;
use connector_domain::wire::{Channel, SIGNAL, Signal, SignalKind};
use serde_json::json;

use crate::fake::{Page, Stage, control, data, eventually, online};

const TAKEN: &str = "connector_kafka_records_total";
const OUTCOMES: &str = "connector_kafka_outcomes_total";
const IN_FLIGHT: &str = "connector_kafka_in_flight";
const DEAD: &str = "connector_dead_letters_total";

/// What every scrape of a consumer that has not failed must show.
fn balances(page: &Page) {
    for topic in ["control", "data"] {
        let of_topic = [("topic", topic)];
        assert_close(
            page.sum(TAKEN, &of_topic),
            page.sum(OUTCOMES, &of_topic) + page.sum(IN_FLIGHT, &of_topic),
            topic,
        );
    }
    assert_close(
        page.sum(OUTCOMES, &[("outcome", "dead-lettered")]),
        page.sum(DEAD, &[("consumer", "kafka")]),
        "dead letters have reasons",
    );
    for topic in ["connection-events", "message-events"] {
        let of_topic = [("topic", topic)];
        assert_close(
            page.sum("connector_events_stored_total", &of_topic),
            page.sum("connector_events_told_total", &of_topic)
                + page.sum("connector_events_untold", &of_topic),
            topic,
        );
    }
}

fn assert_close(left: f64, right: f64, what: &str) {
    assert!((left - right).abs() < 0.5, "{what}: {left} is not {right}");
}

/// A signal that somebody made of the record as it was at `version`.
async fn signal(stage: &Stage, topic: &str, client_id: &str, version: i64) {
    let now = stage.clock.now();
    let signal = Signal {
        kind: SignalKind::NoSubscriber,
        version,
        stamp: now,
        at: now,
    };
    stage
        .append(OutgoingRecord {
            topic: topic.to_owned(),
            key: Some(Bytes::from(client_id.to_owned())),
            headers: vec![(SIGNAL, signal.kind.as_str().to_owned())],
            value: Some(Bytes::from(signal.to_json())),
        })
        .await;
}

/// Good, repeated, unreadable and refused messages on both channels, and signals.
async fn mixed(stage: &Stage, device: &str) {
    control(stage, device, online("m-1", "agent")).await;
    control(stage, device, online("m-1", "agent")).await;
    control(stage, device, online("m-2", "poison")).await;
    control(
        stage,
        device,
        json!({"type": "event", "message_id": "e", "content": "x"}),
    )
    .await;
    for payload in ["{", r#"{"type":"telepathy"}"#, "[1]", "", "\u{0}"] {
        stage.says(device, Channel::Control, payload).await;
    }
    let message = json!({"type": "data", "message_id": "d-1", "content": 1});
    data(stage, device, message.clone()).await;
    data(stage, device, message).await;
    data(
        stage,
        device,
        json!({"type": "data", "message_id": "d-2", "directive": "poison"}),
    )
    .await;
    for payload in ["", "null"] {
        stage.says(device, Channel::Data, payload).await;
    }
    signal(stage, "control", device, 1).await;
    signal(stage, "control", device, 77).await;
    signal(stage, "data", device, 1).await;
}

/// Records of the ingress topics.
#[allow(clippy::cast_precision_loss, reason = "few")]
fn written(stage: &Stage) -> f64 {
    (stage.log.records("control").len() + stage.log.records("data").len()) as f64
}

#[tokio::test]
async fn every_record_is_settled_once_in_the_middle_and_at_the_end() {
    let page = Page::new();
    let _guard = metrics::set_default_local_recorder(&page.recorder);
    let mut stage = Stage::set();
    mixed(&stage, "host-1").await;
    stage.store.hold();
    stage.start();
    eventually("a batch is at hand", || stage.store.waiting() == 1).await;
    balances(&page);
    assert_close(page.sum(IN_FLIGHT, &[]), page.sum(TAKEN, &[]), "at hand");
    assert!(page.sum(TAKEN, &[]) > 0.5);
    let since = page.sum("connector_kafka_oldest_in_flight_timestamp_seconds", &[]);
    assert!(since > 1e9, "it is known since when: {since}");
    mixed(&stage, "host-2").await;
    stage.store.let_go();
    stage.is_read().await;
    stage.stop().await;

    balances(&page);
    assert_close(page.sum(IN_FLIGHT, &[]), 0.0, "nothing is at hand");
    assert_close(page.sum(TAKEN, &[]), written(&stage), "each is taken once");
    let outcomes = page.by(OUTCOMES, "outcome");
    let expected = [
        // Of each device: the first online, the event, two messages that are empty, the first data message, the signal
        // that holds.
        ("applied", 12.0),
        // The second online.
        ("duplicate", 2.0),
        // The data message that came twice.
        ("replayed", 2.0),
        // The signal of version 77.
        ("outdated", 2.0),
        ("dead-lettered", 16.0),
    ];
    let expected = expected.map(|(name, count)| (name.to_owned(), count));
    assert_eq!(outcomes, expected.into());
    let mut reasons = page.by(DEAD, "reason");
    reasons.retain(|_, count| *count > 0.5);
    let expected = [
        ("refused by the database", 4.0),
        ("unreadable envelope", 8.0),
        ("unknown type", 2.0),
        ("foreign topic", 2.0),
    ];
    let expected = expected.map(|(name, count)| (name.to_owned(), count));
    assert_eq!(reasons, expected.into());
    assert_eq!(stage.log.records("dead-letter").len(), 16);
    let told = page.by("connector_events_told_total", "topic");
    #[allow(clippy::cast_precision_loss, reason = "few")]
    let events = ["connection-events", "message-events"]
        .map(|topic| (topic.to_owned(), stage.log.records(topic).len() as f64));
    assert_eq!(told, events.into());
}

#[tokio::test]
async fn what_could_not_be_applied_is_given_back_and_settled_when_it_is_read_again() {
    let page = Page::new();
    let _guard = metrics::set_default_local_recorder(&page.recorder);
    let mut stage = Stage::set();
    mixed(&stage, "host-1").await;
    stage.store.set_away(true);
    stage.start();
    eventually("it is tried again", || {
        stage.store.attempts_while_away() >= 2
    })
    .await;
    assert!(page.sum(OUTCOMES, &[("outcome", "returned")]) > 0.5);
    balances(&page);
    stage.store.set_away(false);
    // Committed, and the events do not get out: told with the next attempt.
    stage.log.fail("connection-events", [true]);
    stage.is_read().await;
    stage.stop().await;
    balances(&page);
    let settled = page.sum(OUTCOMES, &[]) - page.sum(OUTCOMES, &[("outcome", "returned")]);
    assert_close(settled, written(&stage), "each is settled once");
    assert!(page.sum("connector_events_stored_total", &[]) > 0.5);
    assert_close(page.sum("connector_events_untold", &[]), 0.0, "all told");
}
