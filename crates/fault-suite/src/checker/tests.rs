//! The checker finds what is planted, and nothing where nothing is.

use std::time::Duration;

use connector_domain::stamp::Stamp;
use connector_load::{Kind, Memory, Received, Said, Truth};

use super::*;

const ID: &str = "device-1";

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn stamp(millis: i64) -> Stamp {
    Stamp::from_nanos(millis * 1_000_000)
}

/// A device that said six numbers, 3 and 6 of them statuses, and of which everything is right.
fn flawless() -> Evidence {
    let kinds = [1, 2, 3, 4, 5, 6].map(|number| {
        if number % 3 == 0 {
            Kind::Status
        } else {
            Kind::Data
        }
    });
    let said = (1..)
        .zip(kinds)
        .map(|(at, kind)| Said::acknowledged(kind, seconds(at)));
    let mut memory = Memory::with_said(said);
    memory.truth = Truth::Online;
    memory.last_acknowledged = Some(seconds(6));
    let log = (1..=6).map(|number| record(number, number.into()));
    let rows = [1, 2, 4, 5].map(|number| row(number, number.into()));
    Evidence {
        devices: vec![Account {
            client_id: ID.to_owned(),
            first: 1,
            memory,
        }],
        log: log.collect(),
        rows: rows.to_vec(),
        connections: vec![shown("ONLINE", "REPORTED", 6)],
        changes: vec![change(1, 3), change(2, 6)],
        letters: Vec::new(),
        broker_crash: None,
    }
}

fn record(number: u32, place: i64) -> LogRecord {
    let topic = if number.is_multiple_of(3) {
        Topic::Control
    } else {
        Topic::Data
    };
    LogRecord {
        topic,
        offset: place,
        client_id: ID.to_owned(),
        number,
        stamp: stamp(place),
    }
}

fn row(number: u32, place: i64) -> Row {
    Row {
        client_id: ID.to_owned(),
        number,
        created_at: stamp(place),
        offset: place,
    }
}

fn shown(state: &str, reason: &str, number: u32) -> Shown {
    let (state, reason) = (state.to_owned(), reason.to_owned());
    Shown {
        client_id: ID.to_owned(),
        state,
        reason,
        number: Some(number),
    }
}

fn change(version: i64, number: u32) -> Change {
    Change {
        client_id: ID.to_owned(),
        version,
        number: Some(number),
    }
}

fn letter(answer: &str, stored: &str) -> Letter {
    Letter {
        message_id: "m-1".to_owned(),
        client_id: ID.to_owned(),
        asked_at: seconds(3),
        answered_at: seconds(4),
        answer: Answer::Accepted(answer.to_owned()),
        stored: Some(StoredLetter {
            state: stored.to_owned(),
            redelivered: false,
        }),
    }
}

fn received(answer: Option<u32>) -> Received {
    Received {
        at: seconds(4),
        times: 1,
        answer,
    }
}

fn findings(evidence: &Evidence) -> Vec<String> {
    let verdict = judge(evidence);
    verdict.findings.iter().map(ToString::to_string).collect()
}

#[test]
fn nothing_is_found_where_everything_is_right() {
    let verdict = judge(&flawless());
    assert_eq!(verdict.findings, []);
    assert_eq!((verdict.messages, verdict.log_duplicates), (6, 0));
}

#[test]
fn a_redelivery_is_counted_and_no_finding() {
    let mut evidence = flawless();
    evidence.log.push(record(2, 100));
    evidence.changes.push(change(2, 6));
    let verdict = judge(&evidence);
    assert_eq!((verdict.findings.len(), verdict.log_duplicates), (0, 1));
}

#[test]
fn a_redelivery_of_what_was_said_before_the_scenario_is_no_inversion() {
    let mut evidence = flawless();
    evidence.devices[0].first = 4;
    evidence.log.retain(|record| record.number >= 4);
    evidence.rows.retain(|row| row.number >= 4);
    evidence.changes.retain(|change| change.version >= 2);
    for number in [1, 3] {
        evidence.log.push(record(number, 100));
    }
    assert_eq!(findings(&evidence), [""; 0]);
}

#[test]
fn a_loss_is_found_with_its_place() {
    let mut evidence = flawless();
    evidence.log.retain(|record| record.number != 2);
    evidence
        .rows
        .retain(|row| row.number != 2 && row.number != 5);
    evidence.changes.retain(|change| change.number != Some(3));
    let verdict = judge(&evidence);
    let lost = findings(&evidence);
    assert_eq!(verdict.losses(), 3);
    assert!(
        lost[0].contains("data 2, acknowledged at 2.000 s, is not in the ingress topic"),
        "{lost:?}"
    );
    assert!(
        lost[1].contains("status 3") && lost[1].contains("without effect"),
        "{lost:?}"
    );
    assert!(
        lost[2].contains("data 5") && lost[2].contains("without effect"),
        "{lost:?}"
    );
}

#[test]
fn what_the_broker_never_acknowledged_may_be_missing() {
    let mut evidence = flawless();
    let memory = &mut evidence.devices[0].memory;
    let said = memory
        .said()
        .iter()
        .copied()
        .chain([Said::unacknowledged(Kind::Data)]);
    *memory = Memory::with_said(said);
    memory.truth = Truth::Online;
    assert_eq!(findings(&evidence), [""; 0]);
}

#[test]
fn duplicates_in_effect_are_found() {
    let mut evidence = flawless();
    evidence.rows.push(row(5, 9));
    evidence.changes.extend([change(3, 3), change(4, 6)]);
    let verdict = judge(&evidence);
    assert_eq!(verdict.duplicates(), 3, "{:?}", findings(&evidence));
}

#[test]
fn inversions_are_found_in_the_log_the_database_and_what_is_shown() {
    let mut evidence = flawless();
    evidence.log.swap(3, 4);
    evidence.log[3].offset = 4;
    evidence.log[4].offset = 5;
    assert_eq!(
        findings(&evidence),
        ["device-1: 4 comes after 5 in the data topic"]
    );

    let mut evidence = flawless();
    evidence.log[5].stamp = stamp(2);
    evidence.log[1].stamp = stamp(6);
    let found = findings(&evidence);
    assert!(
        found.contains(&"device-1: 3 comes after 6 by the stamps of both topics".to_owned()),
        "{found:?}"
    );

    let mut evidence = flawless();
    evidence.rows[0].created_at = stamp(3);
    assert_eq!(
        findings(&evidence),
        ["device-1: 1 comes after 2 in the database"]
    );

    let mut evidence = flawless();
    evidence.changes = vec![change(1, 6), change(2, 3)];
    evidence.connections = vec![shown("ONLINE", "REPORTED", 3)];
    let found = findings(&evidence);
    assert!(
        found.contains(&"device-1: 3 comes after 6 in what is shown".to_owned()),
        "{found:?}"
    );
    assert!(
        found.contains(&"device-1: status 6 is acknowledged, and 3 is shown".to_owned()),
        "{found:?}"
    );
}

#[test]
fn wrong_states_are_found() {
    let mut evidence = flawless();
    for (truth, right) in [
        (Truth::Online, shown("ONLINE", "SEEN", 6)),
        (Truth::Gone, shown("OFFLINE", "REPORTED", 6)),
        (Truth::Vanished, shown("OFFLINE", "LINK_LOST", 6)),
    ] {
        evidence.devices[0].memory.truth = truth;
        evidence.connections = vec![right];
        assert_eq!(findings(&evidence), [""; 0], "{truth:?}");
        let other = if truth == Truth::Online {
            shown("OFFLINE", "LINK_LOST", 6)
        } else {
            shown("ONLINE", "REPORTED", 6)
        };
        evidence.connections = vec![other];
        assert_eq!(findings(&evidence).len(), 1, "{truth:?}");
    }
    evidence.connections.clear();
    assert!(findings(&evidence)[0].contains("shown as nothing"));
}

#[test]
fn what_was_never_said_is_found() {
    let mut evidence = flawless();
    evidence.rows.push(row(3, 9));
    evidence.rows.push(row(77, 10));
    let never = findings(&evidence);
    assert!(
        never
            .iter()
            .any(|finding| finding.contains("77 is shown and was never said")),
        "{never:?}"
    );
    assert!(
        never.iter().any(|finding| finding.contains(": 3 is shown")),
        "{never:?}"
    );
}

#[test]
fn a_crashed_broker_may_lose_and_replay_what_it_acknowledged_before_and_nothing_after() {
    let mut evidence = flawless();
    evidence.broker_crash = Some(BrokerCrash { back: seconds(5) });
    evidence.log.retain(|record| record.number != 2);
    evidence.rows.retain(|row| row.number != 2);
    evidence.changes = vec![change(1, 3), change(2, 6), change(3, 3), change(4, 6)];
    let verdict = judge(&evidence);
    // 6 was said afterwards: that it took effect once more is the platform's doing.
    assert_eq!((verdict.broker_lost, verdict.broker_replayed), (1, 2));
    assert_eq!(
        findings(&evidence),
        ["device-1: status 6 took effect 2 times"]
    );

    evidence.log.retain(|record| record.number != 5);
    evidence.rows.retain(|row| row.number != 5);
    assert_eq!(judge(&evidence).losses(), 1);

    // A device that has not spoken since may be shown as it was.
    evidence.devices[0].memory.last_acknowledged = Some(seconds(4));
    evidence.connections.clear();
    assert_eq!(judge(&evidence).findings.len(), 2);
}

#[test]
fn wrong_answers_to_callers_are_found() {
    let problem = |letter: Letter, came: Option<Received>| {
        let mut evidence = flawless();
        if let Some(came) = came {
            evidence.devices[0]
                .memory
                .received
                .insert("m-1".to_owned(), came);
        }
        evidence.letters = vec![letter];
        findings(&evidence).join("; ")
    };
    assert_eq!(
        problem(letter("PUBLISHED", "RESPONDED"), Some(received(Some(5)))),
        ""
    );
    assert_eq!(
        problem(letter("UNCONFIRMED", "PUBLISHED"), Some(received(None))),
        ""
    );
    assert_eq!(problem(letter("FAILED", "FAILED"), None), "");

    let never_came = problem(letter("PUBLISHED", "PUBLISHED"), None);
    assert!(never_came.contains("never came"), "{never_came}");
    let came = problem(letter("FAILED", "FAILED"), Some(received(None)));
    assert!(came.contains("is FAILED and came"), "{came}");
    let answered = problem(letter("PUBLISHED", "PUBLISHED"), Some(received(Some(5))));
    assert!(
        answered.contains("was answered by the device"),
        "{answered}"
    );
    let twice = problem(
        letter("PUBLISHED", "PUBLISHED"),
        Some(Received {
            times: 2,
            ..received(None)
        }),
    );
    assert!(twice.contains("came 2 times"), "{twice}");
    assert!(problem(letter("QUEUED", "QUEUED"), None).contains("still QUEUED"));
    let forgotten = Letter {
        stored: None,
        ..letter("PUBLISHED", "")
    };
    assert!(problem(forgotten, Some(received(None))).contains("not in the database"));
    let belied = problem(letter("PUBLISHED", "FAILED"), None);
    assert!(
        belied.contains("was answered PUBLISHED and is FAILED"),
        "{belied}"
    );
    let unknown = Letter {
        answer: Answer::Unknown("timed out".to_owned()),
        stored: None,
        ..letter("", "")
    };
    assert_eq!(problem(unknown, None), "");
}

#[test]
fn a_message_whose_device_lost_its_link_is_counted_apart() {
    let mut evidence = flawless();
    evidence.devices[0].memory.links_lost = vec![seconds(5)];
    evidence.letters = vec![letter("PUBLISHED", "PUBLISHED")];
    let verdict = judge(&evidence);
    assert_eq!(
        (
            verdict.letters,
            verdict.letters_cut_off,
            verdict.findings.len()
        ),
        (1, 1, 0)
    );
}
