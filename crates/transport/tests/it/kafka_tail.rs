//! Reading everything, without a group.

use std::time::Duration;

use connector_domain::port::{LogError, RecordLog, RecordTail, TailItem, TailStart};
use connector_transport::embedded::EmbeddedKafka;
use connector_transport::kafka::{Producer, Settings, Tail};
use rdkafka::mocking::MockCluster;
use tokio::time::timeout;

use crate::kafka_log::{producer, record, settings};

const CHANGES: &str = "connection-events";
const MESSAGES: &str = "message-events";
const PATIENCE: Duration = Duration::from_secs(20);

fn topics() -> Vec<String> {
    vec![MESSAGES.to_owned(), CHANGES.to_owned()]
}

fn kafka() -> EmbeddedKafka {
    EmbeddedKafka::start(&[(CHANGES, 2), (MESSAGES, 1)]).unwrap()
}

async fn append(producer: &Producer, topic: &str, value: &str) {
    producer
        .append(record(topic, value, value))
        .unwrap()
        .await
        .unwrap();
}

/// The value of the next record, or nothing for `CaughtUp`.
async fn next(tail: &Tail) -> Option<String> {
    match timeout(PATIENCE, tail.next())
        .await
        .expect("an item in time")
        .unwrap()
    {
        TailItem::Record(record) => {
            Some(String::from_utf8(record.value.unwrap().to_vec()).unwrap())
        }
        TailItem::CaughtUp => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_tells_what_there_was_then_that_it_caught_up_then_what_comes() {
    let kafka = kafka();
    let producer = producer(&settings(&kafka));
    for (topic, value) in [
        (CHANGES, "c1"),
        (MESSAGES, "m1"),
        (CHANGES, "c2"),
        (MESSAGES, "m2"),
    ] {
        append(&producer, topic, value).await;
    }
    let log_id = Some("this start".to_owned());
    let tail = Tail::open(&settings(&kafka), &topics(), TailStart::Oldest, log_id)
        .await
        .unwrap();
    assert_eq!(tail.log_id(), "this start");
    assert_eq!(
        tail.partitions(),
        [(MESSAGES.to_owned(), 1), (CHANGES.to_owned(), 2)]
    );
    assert_eq!(tail.start_offsets(), [vec![0], vec![0, 0]]);
    assert_eq!(tail.backlog(), 4);
    let mut told = Vec::new();
    while let Some(value) = next(&tail).await {
        told.push(value);
    }
    let place = |value: &str| told.iter().position(|told| told == value);
    assert!(place("m1").unwrap() < place("m2").unwrap());
    told.sort();
    assert_eq!(told, ["c1", "c2", "m1", "m2"]);

    append(&producer, MESSAGES, "m3").await;
    assert_eq!(next(&tail).await.as_deref(), Some("m3"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_does_not_know_its_times_is_read_from_its_end() {
    let kafka = kafka();
    let producer = producer(&settings(&kafka));
    append(&producer, MESSAGES, "old").await;
    let start = TailStart::Ago(Duration::from_mins(1));
    let tail = Tail::open(&settings(&kafka), &topics(), start, None)
        .await
        .unwrap();
    assert!(!tail.log_id().is_empty());
    assert_eq!(tail.start_offsets()[0], [1]);
    assert_eq!(next(&tail).await, None);
    append(&producer, MESSAGES, "new").await;
    assert_eq!(next(&tail).await.as_deref(), Some("new"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_topic_is_refused_by_its_name() {
    let kafka = kafka();
    let topics = vec![CHANGES.to_owned(), "nowhere".to_owned()];
    match Tail::open(&settings(&kafka), &topics, TailStart::Oldest, None).await {
        Err(LogError::Refused(reason)) => assert!(reason.contains("nowhere"), "{reason}"),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("opened"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_lives_through_an_outage() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic(MESSAGES, 1, 1).unwrap();
    let settings = Settings::new(cluster.bootstrap_servers(), "test");
    let producer = producer(&settings);
    let topics = vec![MESSAGES.to_owned()];
    let tail = Tail::open(&settings, &topics, TailStart::Oldest, None)
        .await
        .unwrap();
    assert_eq!(next(&tail).await, None);
    append(&producer, MESSAGES, "before").await;
    assert_eq!(next(&tail).await.as_deref(), Some("before"));

    cluster.broker_down(1).unwrap();
    let queued = producer.append(record(MESSAGES, "k", "during")).unwrap();
    assert!(producer.ping().await.is_err());
    cluster.broker_up(1).unwrap();
    queued.await.unwrap();
    assert_eq!(next(&tail).await.as_deref(), Some("during"));
}
