//! A rebuild gives what the consumers had made, from what Kafka has kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use connector_consumers::rebuild::{
    Aspect, Check, CheckOptions, Checked, Observer, Options, Phase, Rebuild, RebuildError, Source,
    Sources, Summary,
};
use connector_domain::clock::Clock as _;
use connector_domain::connection::{Connection, DeviceBatch};
use connector_domain::id::ClientId;
use connector_domain::port::{ConnectionLedger, ConnectionRestorer, OutgoingRecord};
use connector_domain::scope::IngestScope;
use connector_domain::stamp::{Position, Stamp};
use connector_domain::tenant::{Tenant, TenantLookup};
use connector_store_memory::MemoryStore;
use tokio_util::sync::CancellationToken;

use crate::fake::{Kept, Stage, Tail, control, data, online, topic_prefix};
use crate::story::{Chance, tell};

/// Cancels after some batches.
#[derive(Default)]
struct Interruption {
    after: Option<u64>,
    advances: AtomicU64,
    offsets: AtomicU64,
    token: CancellationToken,
}

impl Observer for Interruption {
    fn begins(&self, _: Phase, _: u64) {}

    fn advances(&self, _: Phase, offsets: u64) {
        self.offsets.fetch_add(offsets, Ordering::SeqCst);
        let advances = self.advances.fetch_add(1, Ordering::SeqCst) + 1;
        if self.after.is_some_and(|after| advances >= after) {
            self.token.cancel();
        }
    }

    fn ends(&self, _: Phase) {}

    fn waits(&self, problem: &str) {
        panic!("waits: {problem}");
    }
}

fn sources(stage: &Stage, ingress: Kept) -> Sources {
    let source = |topic, kept| Source {
        tail: Tail::open(&stage.log, topic, kept),
        backlog: 0,
    };
    Sources {
        control: source("control", ingress),
        state: source("connection-state", Kept::Compacted),
        data: source("data", ingress),
        blocks: Arc::new(stage.store.memory.clone()),
    }
}

fn rebuild_of(sources: Sources, store: &MemoryStore, observer: Arc<Interruption>) -> Rebuild {
    let options = Options {
        topic_prefix: topic_prefix(),
        batch: 7,
    };
    let store = Arc::new(store.clone());
    Rebuild::new(options, store, IngestScope::issue(), sources, observer)
}

async fn rebuild(stage: &Stage, ingress: Kept, store: &MemoryStore) -> Summary {
    let mut rebuild = rebuild_of(sources(stage, ingress), store, Arc::default());
    rebuild
        .run(&CancellationToken::new())
        .await
        .expect("rebuilt")
}

/// What anybody can see of every device.
async fn seen(store: &MemoryStore) -> Vec<Connection> {
    let all = store.scan(IngestScope::issue(), None, 1_000).await;
    let mut all = all.expect("scanned");
    for record in &mut all {
        // How far the control topic is read, and the newest sign of life, are nothing that is shown as of a version.
        record.position = nowhere();
        record.last_seen_at = record.first_seen_at;
        record.recent_ids.clear();
    }
    all
}

fn nowhere() -> Position {
    Position {
        stamp: Stamp::default(),
        partition: 0,
        offset: 0,
    }
}

#[tokio::test]
async fn a_rebuild_gives_the_states_facts_and_versions_that_were() {
    for seed in 0..40 {
        let mut stage = Stage::set();
        tell(&mut stage, seed, 3).await;
        let rebuilt = MemoryStore::new();
        rebuild(&stage, Kept::All, &rebuilt).await;
        let live = seen(&stage.store.memory).await;
        assert_eq!(seen(&rebuilt).await, live, "seed {seed}");
        assert!(!live.is_empty(), "seed {seed}");
    }
}

#[tokio::test]
async fn what_the_ingress_topics_no_longer_hold_is_in_the_records() {
    for seed in 100..130 {
        let mut stage = Stage::set();
        let begins = tell(&mut stage, seed, 4).await;
        let since = begins[usize::try_from(seed % 4).expect("few")];
        let rebuilt = MemoryStore::new();
        rebuild(&stage, Kept::Since(since), &rebuilt).await;
        let live = seen(&stage.store.memory).await;
        assert_eq!(seen(&rebuilt).await, live, "seed {seed}");
    }
}

#[tokio::test]
async fn interrupted_anywhere_and_run_again_it_ends_the_same() {
    let mut chance = Chance::new(7);
    let mut interruptions = 0;
    for seed in 200..220 {
        let mut stage = Stage::set();
        tell(&mut stage, seed, 3).await;
        let rebuilt = MemoryStore::new();
        for _ in 0..3 {
            let observer = Arc::new(Interruption {
                after: Some(1 + chance.below(12)),
                ..Interruption::default()
            });
            let token = observer.token.clone();
            let mut attempt = rebuild_of(sources(&stage, Kept::All), &rebuilt, observer);
            match attempt.run(&token).await {
                Err(RebuildError::Interrupted) => interruptions += 1,
                other => drop(other.expect("rebuilt")),
            }
        }
        rebuild(&stage, Kept::All, &rebuilt).await;
        let live = seen(&stage.store.memory).await;
        assert_eq!(seen(&rebuilt).await, live, "seed {seed}");
        let again = rebuild(&stage, Kept::All, &rebuilt).await;
        assert_eq!(again.restored, 0, "nothing is left to write");
        assert_eq!(seen(&rebuilt).await, live, "seed {seed}");
    }
    assert!(interruptions > 20, "{interruptions}");
}

#[tokio::test]
async fn a_rebuild_tells_nobody_and_asks_nobody() {
    let mut stage = Stage::set();
    control(&stage, "host-1", online("m-1", "agent")).await;
    stage.play().await;
    // Not consumed before the database was lost.
    control(&stage, "host-1", online("m-2", "newer agent")).await;
    control(&stage, "host-2", online("m-1", "agent")).await;
    let topics = [
        "control",
        "connection-state",
        "connection-events",
        "dead-letter",
    ];
    let lengths = || topics.map(|topic| stage.log.records(topic).len());
    let before = lengths();
    let rebuilt = MemoryStore::new();
    let summary = rebuild(&stage, Kept::All, &rebuilt).await;
    assert_eq!((summary.restored, summary.folded), (1, 3));
    assert_eq!(lengths(), before);
    let [first, second] = &seen(&rebuilt).await[..] else {
        panic!("two devices")
    };
    assert_eq!(first.version, 2);
    assert!(matches!(first.tenant, Tenant::Known(_)));
    assert_eq!((second.version, &second.tenant), (1, &Tenant::Pending));
    let batch = |record: &Connection| DeviceBatch {
        client_id: record.client_id.clone(),
        tenant: TenantLookup::Unavailable,
        records: Vec::new(),
    };
    let batches = [batch(first), batch(second)];
    let applied = rebuilt.apply(IngestScope::issue(), &batches).await;
    assert!(applied.expect("applied").unpublished.is_empty());
}

#[tokio::test]
async fn tombstones_forget_and_what_none_of_ours_wrote_is_counted() {
    let mut stage = Stage::set();
    control(&stage, "host-1", online("m-1", "agent")).await;
    control(&stage, "host-2", online("m-1", "agent")).await;
    stage.play().await;
    let row = |key: &str, value: Option<&str>| OutgoingRecord {
        topic: "connection-state".to_owned(),
        key: Some(Bytes::from(key.to_owned())),
        headers: Vec::new(),
        value: value.map(|value| Bytes::from(value.to_owned())),
    };
    stage.append(row("host-1", None)).await;
    stage.append(row("host-3", Some("{}"))).await;
    stage.append(row("a/b", None)).await;
    let rebuilt = MemoryStore::new();
    let later = Kept::Since(stage.clock.now().plus(Duration::from_secs(1)));
    let summary = rebuild(&stage, later, &rebuilt).await;
    assert_eq!((summary.forgotten, summary.unreadable), (1, 2));
    let left = seen(&rebuilt).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].client_id.as_str(), "host-2");
}

#[tokio::test]
async fn a_database_that_consumers_write_to_is_refused() {
    let mut stage = Stage::set();
    control(&stage, "host-1", online("m-1", "agent")).await;
    stage.play().await;
    let live = stage.store.memory.clone();
    let mut rebuild = rebuild_of(sources(&stage, Kept::All), &live, Arc::default());
    let refused = rebuild.run(&CancellationToken::new()).await;
    assert!(
        matches!(refused, Err(RebuildError::InUse { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn progress_counts_offsets_even_where_compaction_left_gaps() {
    let mut stage = Stage::set();
    for n in 0..20 {
        control(
            &stage,
            "host-1",
            online(&format!("m-{n}"), &format!("agent-{n}")),
        )
        .await;
        stage.play().await;
    }
    let observer: Arc<Interruption> = Arc::default();
    let store = MemoryStore::new();
    let mut rebuild = rebuild_of(sources(&stage, Kept::All), &store, observer.clone());
    rebuild
        .run(&CancellationToken::new())
        .await
        .expect("rebuilt");
    assert_eq!(observer.offsets.load(Ordering::SeqCst), 40);
}

async fn check(stage: &Stage, sources: Sources) -> Checked {
    let scratch = MemoryStore::new();
    let options = CheckOptions {
        pause: Duration::from_millis(1),
        quiet: Duration::from_millis(10),
        ..CheckOptions::default()
    };
    let rebuild = rebuild_of(sources, &scratch, Arc::default());
    let live = Arc::new(stage.store.memory.clone());
    let check = Check::new(options, live, rebuild);
    check.run(&CancellationToken::new()).await.expect("checked")
}

#[tokio::test]
async fn a_check_finds_what_was_planted_and_nothing_else() {
    let mut stage = Stage::set();
    tell(&mut stage, 11, 2).await;
    for n in 0..4 {
        control(&stage, &format!("more-{n}"), online("m-1", "agent")).await;
    }
    stage.play().await;
    let found = check(&stage, sources(&stage, Kept::All)).await;
    assert_eq!(found.differences, []);
    assert!(found.devices >= 4);

    let (live, scope) = (stage.store.memory.clone(), IngestScope::issue());
    let mut wrong = stage.connection("more-1").await.expect("there");
    wrong.details = None;
    wrong.version += 1;
    live.restore(scope, &[wrong]).await.expect("planted");
    let gone = stage.connection("more-2").await.expect("there").client_id;
    live.forget(scope, &[gone]).await.expect("planted");
    let mut stray = stage.connection("more-3").await.expect("there");
    stray.client_id = ClientId::parse("stray").expect("valid");
    live.restore(scope, &[stray]).await.expect("planted");
    let found = check(&stage, sources(&stage, Kept::All)).await;
    let found: Vec<_> = found
        .differences
        .iter()
        .map(|found| (found.client_id.as_str(), found.aspects()))
        .collect();
    assert_eq!(
        found,
        [
            ("more-1", vec![Aspect::Facts, Aspect::Version]),
            ("more-2", vec![Aspect::Missing]),
            ("stray", vec![Aspect::Unknown]),
        ]
    );
}

#[tokio::test]
async fn a_check_follows_a_database_that_moves_on() {
    let mut stage = Stage::set();
    control(&stage, "host-1", online("m-1", "agent")).await;
    stage.play().await;
    let opened = sources(&stage, Kept::All);
    control(&stage, "host-1", online("m-2", "newer agent")).await;
    control(&stage, "host-2", online("m-1", "agent")).await;
    data(
        &stage,
        "host-2",
        serde_json::json!({"type": "data", "content": 1}),
    )
    .await;
    stage.play().await;
    let found = check(&stage, opened).await;
    assert_eq!(found.differences, []);
}
