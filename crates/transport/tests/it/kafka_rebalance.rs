//! Members that come and go while there is work.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use connector_domain::port::{IncomingRecord, RecordConsumer, RecordLog};
use connector_transport::embedded::EmbeddedKafka;
use connector_transport::kafka::{GroupConsumer, Producer, Settings};
use futures::future::join_all;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::kafka_group::{PATIENCE, TOPIC, at_most, options, place};
use crate::kafka_log::{producer, record, settings};
use crate::link_broker::eventually;

/// Appends so many small records, spread over the partitions.
async fn fill(producer: &Producer, records: usize) {
    let numbers: Vec<usize> = (0..records).collect();
    for some in numbers.chunks(1000) {
        let queued = some.iter().map(|number| {
            let key = number.to_string();
            producer.append(record(TOPIC, &key, &key)).unwrap()
        });
        for delivery in join_all(queued).await {
            delivery.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn partitions_that_were_paused_when_they_were_taken_away_are_read_when_they_come_back() {
    let kafka = EmbeddedKafka::start(&[(TOPIC, 2)]).unwrap();
    let settings = settings(&kafka);
    // More than a member takes while nobody reads.
    fill(&producer(&settings), 12_000).await;
    let mut patient = options(TOPIC);
    patient.pause_after = Duration::from_millis(300);
    let slow = GroupConsumer::join(&settings, &patient).unwrap();
    eventually("it is paused", || slow.vitals().is_paused).await;

    let other = Arc::new(GroupConsumer::join(&settings, &options(TOPIC)).unwrap());
    let halves = || (slow.assignment().len(), other.assignment().len()) == (1, 1);
    eventually("each has a partition", halves).await;
    other.close().await;
    eventually("it has both again", || slow.assignment().len() == 2).await;
    let mut read = BTreeSet::new();
    let reading = async {
        while read.len() < 12_000 {
            for record in slow.next(at_most(1000)).await.unwrap() {
                read.insert((record.partition, record.offset));
            }
        }
    };
    let in_time = timeout(PATIENCE, reading).await;
    assert!(in_time.is_ok(), "{} of 12000 are read", read.len());
}

/// What all members have applied together, as a database with a position in every row sees it: a record that is not above
/// what is applied is a replay, so one that is skipped is lost.
struct Applied {
    next: Mutex<BTreeMap<i32, i64>>,
    /// How many there will be.
    all: i64,
    /// Shares of partitions that members were seen to have.
    shares: Mutex<usize>,
}

impl Applied {
    fn apply(&self, records: &[IncomingRecord]) {
        let mut next = self.next.lock().unwrap();
        for record in records {
            let next = next.entry(record.partition).or_insert(0);
            assert!(
                record.offset <= *next,
                "partition {}: {} comes before {next}",
                record.partition,
                record.offset
            );
            *next = (*next).max(record.offset + 1);
        }
    }

    fn is_all(&self) -> bool {
        self.next.lock().unwrap().values().sum::<i64>() == self.all
    }
}

/// Reads for a while, slowly, as one whose database takes its time and is away now and then.
async fn read(settings: Settings, topic: String, applied: Arc<Applied>, stint: Duration) {
    let member = GroupConsumer::join(&settings, &options(&topic)).unwrap();
    let until = Instant::now() + stint;
    let (mut share, mut batches) = (Vec::new(), 0_u32);
    while Instant::now() < until && !applied.is_all() {
        let records = member.next(at_most(50)).await.unwrap();
        if member.assignment() != share {
            share = member.assignment();
            *applied.shares.lock().unwrap() += 1;
        }
        if records.is_empty() {
            continue;
        }
        sleep(Duration::from_millis(u64::from(batches % 5) * 4)).await;
        batches += 1;
        if batches.is_multiple_of(7) {
            member.rewind().await.unwrap();
            continue;
        }
        applied.apply(&records);
        let last: BTreeMap<i32, &IncomingRecord> = records
            .iter()
            .map(|record| (record.partition, record))
            .collect();
        let done: Vec<_> = last.into_values().map(place).collect();
        member.done(&done).unwrap();
    }
    member.close().await;
}

/// When a member comes, and how long it stays, in milliseconds.
pub(crate) type Stint = (u64, u64);

/// Members come and go while records come in, until all are applied. Nothing is skipped.
pub(crate) async fn storm(settings: Settings, topic: &str, all: i64, stints: &[Stint]) {
    let applied = Arc::new(Applied {
        next: Mutex::default(),
        all,
        shares: Mutex::default(),
    });
    let mut members = JoinSet::new();
    for (after, stint) in stints {
        let (after, stint) = (Duration::from_millis(*after), Duration::from_millis(*stint));
        let (settings, topic, applied) = (settings.clone(), topic.to_owned(), applied.clone());
        members.spawn(async move {
            sleep(after).await;
            read(settings, topic, applied, stint).await;
        });
    }
    let producer = producer(&settings);
    for number in 0..all {
        let key = number.to_string();
        let appended = producer.append(record(topic, &key, &key)).unwrap();
        appended.await.unwrap();
    }
    while let Some(ended) = members.join_next().await {
        ended.unwrap();
    }
    read(settings, topic.to_owned(), applied.clone(), PATIENCE).await;
    assert!(applied.is_all(), "{:?}", applied.next);
    let shares = *applied.shares.lock().unwrap();
    assert!(shares > stints.len(), "partitions moved {shares} times");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_skipped_while_members_come_and_go() {
    let kafka = EmbeddedKafka::start(&[(TOPIC, 6)]).unwrap();
    let stints = [(0, 15_000), (0, 5_000), (0, 9_000), (6_000, 8_000)];
    storm(settings(&kafka), TOPIC, 5000, &stints).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_skipped_while_members_come_and_go_in_the_newer_protocol() {
    let kafka = EmbeddedKafka::start(&[(TOPIC, 6)]).unwrap();
    let mut settings = settings(&kafka);
    settings
        .properties
        .insert("group.protocol".to_owned(), "consumer".to_owned());
    let stints: Vec<Stint> = (0..8).map(|n| (n * 1200, 3000 + n * 300)).collect();
    storm(settings, TOPIC, 5000, &stints).await;
}
