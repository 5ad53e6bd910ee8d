//! Several processes at once, as around a rebalance.

use std::collections::BTreeSet;

use connector_domain::connection::DeviceBatch;
use connector_domain::id::ClientId;
use connector_domain::message::{Accepted, Answer, Arrival, MessageState, Step};
use connector_domain::port::{
    ConnectionLedger, MessageLedger, MessageReader, MessageSender, RecordedChange,
};
use connector_domain::scope::Scope;
use connector_domain::stamp::Stamp;
use tokio::task::JoinSet;

use crate::database::Database;
use crate::sample::{arrival, client, ingest, message, online};

const DEVICES: usize = 30;
const ROUNDS: i64 = 12;

fn id(device: usize) -> String {
    format!("host-{device:02}")
}

/// Every device once, from another one on and in either direction.
fn round(applier: usize, stamp: i64) -> Vec<DeviceBatch> {
    let mut batch: Vec<DeviceBatch> = (0..DEVICES)
        .map(|n| online(&id((n + applier * 7) % DEVICES), stamp, &stamp.to_string()))
        .collect();
    if applier.is_multiple_of(2) {
        batch.reverse();
    }
    batch
}

/// New devices and known ones: nothing deadlocks, each version is made once, and the last word is the newest.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn appliers_of_the_same_devices_lose_no_change() {
    let database = Database::migrated().await;
    let mut appliers = JoinSet::new();
    for applier in 0..4 {
        let store = database.store().await;
        appliers.spawn(async move {
            let mut made = Vec::new();
            for turn in 1..=ROUNDS {
                // Two pairs say the same, as two replicas that read one partition do.
                let stamp = turn * 10 + i64::from(applier >= 2);
                let applied = store.apply(ingest(), &round(applier, stamp)).await;
                made.extend(applied.expect("applied").unpublished);
                let seen: Vec<(ClientId, Stamp)> = (0..DEVICES)
                    .rev()
                    .map(|device| (client(&id(device)), Stamp::from_nanos(1_000 + stamp)))
                    .collect();
                store.touch(ingest(), &seen).await.expect("touched");
            }
            made
        });
    }
    let mut made: Vec<RecordedChange> = Vec::new();
    while let Some(done) = appliers.join_next().await {
        made.extend(done.expect("applied"));
    }

    let store = database.store().await;
    let ids: Vec<ClientId> = (0..DEVICES).map(|device| client(&id(device))).collect();
    let records = store.find(ingest(), &ids).await.expect("read");
    assert_eq!(records.len(), DEVICES);
    for record in &records {
        let newest = ROUNDS * 10 + 1;
        assert_eq!(record.position.stamp, Stamp::from_nanos(newest));
        assert_eq!(record.last_seen_at, Stamp::from_nanos(1_000 + newest));
        let versions: BTreeSet<i64> = made
            .iter()
            .filter(|change| change.client_id == record.client_id)
            .map(|change| change.change.version)
            .collect();
        assert_eq!(versions, (1..=record.version).collect());
        // Whoever told of a version told the same of it.
        for version in versions {
            let mut told = made.iter().filter(|change| {
                change.client_id == record.client_id && change.change.version == version
            });
            let first = told.next();
            assert!(told.all(|other| Some(other) == first));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_arrivals_from_two_readers_are_stored_once() {
    let database = Database::migrated().await;
    let store = database.store().await;
    let known = [online("host-1", 1, "1"), online("host-2", 1, "1")];
    store.apply(ingest(), &known).await.expect("applied");
    for n in 0..20 {
        store.accept(message(n)).await.expect("accepted");
    }
    let arrivals: Vec<Arrival> = (0..40_u128).map(answer).collect();
    let mut readers = JoinSet::new();
    for reader in 0..4 {
        let store = database.store().await;
        let mut arrivals = arrivals.clone();
        if reader % 2 == 1 {
            arrivals.reverse();
        }
        readers.spawn(async move {
            let mut new = 0;
            for some in arrivals.chunks(8) {
                let stored = store.arrive(ingest(), some).await.expect("stored");
                new += stored.iter().filter(|stored| stored.new).count();
            }
            new
        });
    }
    let mut new = 0;
    while let Some(done) = readers.join_next().await {
        new += done.expect("stored");
    }
    assert_eq!(new, 40, "each is new to one reader");
    for n in 0..20 {
        let sent = message(n).message.key();
        let found = store.messages(&Scope::every_org(), &[sent]).await;
        let found = found.expect("read").remove(0);
        assert_eq!((found.state, found.seq), (MessageState::Responded, 2));
    }
}

fn answer(n: u128) -> Arrival {
    let stamp = i64::try_from(n).expect("small") + 100;
    Arrival {
        answer: Some(Answer {
            response_to: message(n).message.message_id,
            outcome: MessageState::Responded,
        }),
        ..arrival("host-1", stamp)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_senders_of_an_id_creates_it_and_one_of_many_steps_is_taken() {
    let database = Database::migrated().await;
    let store = database.store().await;
    let mut senders = JoinSet::new();
    for _ in 0..8 {
        let store = store.clone();
        senders.spawn(async move {
            let accepted = store.accept(message(1)).await.expect("accepted");
            let created = matches!(accepted, Accepted::Created(_));
            assert!(created || matches!(accepted, Accepted::Repeated(_)));
            let step = Step::to(MessageState::Published, Stamp::from_nanos(9));
            let stepped = store.step(&message(1).message, step).await.expect("stored");
            (usize::from(created), usize::from(stepped.is_ok()))
        });
    }
    let mut counts = (0, 0);
    while let Some(done) = senders.join_next().await {
        let (created, stepped) = done.expect("sent");
        counts = (counts.0 + created, counts.1 + stepped);
    }
    assert_eq!(counts, (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_due_is_taken_by_one_of_many_jobs() {
    let database = Database::migrated().await;
    let store = database.store().await;
    for n in 0..50 {
        store.accept(message(n)).await.expect("accepted");
    }
    let mut jobs = JoinSet::new();
    for _ in 0..4 {
        let store = store.clone();
        jobs.spawn(async move {
            let (now, until) = (Stamp::from_nanos(10), Stamp::from_nanos(20));
            let claimed = store.claim_abandoned(ingest(), now, until, 20).await;
            claimed.expect("claimed")
        });
    }
    let mut claimed = Vec::new();
    while let Some(done) = jobs.join_next().await {
        claimed.extend(done.expect("claimed"));
    }
    let distinct: BTreeSet<_> = claimed.iter().map(|message| message.message_id).collect();
    assert_eq!(distinct.len(), claimed.len(), "none is claimed twice");
    assert!(claimed.len() >= 20);
}
