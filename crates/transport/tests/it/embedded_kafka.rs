//! The embedded Kafka, used with real clients.

use std::time::Duration;

use connector_transport::embedded::{EmbeddedKafka, EmbeddedKafkaError};
use rdkafka::ClientConfig;
use rdkafka::consumer::{CommitMode, Consumer, StreamConsumer};
use rdkafka::message::Message;
use rdkafka::producer::{FutureProducer, FutureRecord};
use tokio::time::timeout;

const TOPIC: &str = "ingress";
const PATIENCE: Duration = Duration::from_secs(30);

fn producer(kafka: &EmbeddedKafka) -> FutureProducer {
    ClientConfig::new()
        .set("bootstrap.servers", kafka.bootstrap_servers())
        .set("enable.idempotence", "true")
        .create()
        .unwrap()
}

fn consumer(kafka: &EmbeddedKafka) -> StreamConsumer {
    let consumer: StreamConsumer = ClientConfig::new()
        .set("bootstrap.servers", kafka.bootstrap_servers())
        .set("group.id", "readers")
        .set("enable.auto.commit", "false")
        .set("auto.offset.reset", "earliest")
        .set("group.protocol", "consumer")
        .create()
        .unwrap();
    consumer.subscribe(&[TOPIC]).unwrap();
    consumer
}

async fn send(producer: &FutureProducer, key: &str, payload: &str) -> i32 {
    producer
        .send(FutureRecord::to(TOPIC).key(key).payload(payload), PATIENCE)
        .await
        .unwrap()
        .partition
}

/// Reads one record and commits it; its key and payload.
async fn take(consumer: &StreamConsumer) -> (String, String) {
    let record = timeout(PATIENCE, consumer.recv())
        .await
        .expect("a record in time")
        .unwrap();
    let text = |bytes: Option<&[u8]>| String::from_utf8(bytes.unwrap().to_vec()).unwrap();
    consumer.commit_message(&record, CommitMode::Sync).unwrap();
    (text(record.key()), text(record.payload()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_goes_on_after_the_records_it_committed() {
    let kafka = EmbeddedKafka::start(&[(TOPIC, 1)]).unwrap();
    let producer = producer(&kafka);
    for payload in ["first", "second", "third"] {
        send(&producer, "d1", payload).await;
    }

    let before = consumer(&kafka);
    assert_eq!(take(&before).await, ("d1".into(), "first".into()));
    drop(before);

    let after = consumer(&kafka);
    assert_eq!(take(&after).await, ("d1".into(), "second".into()));
    assert_eq!(take(&after).await, ("d1".into(), "third".into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_stays_in_its_partition_and_keys_spread_over_all() {
    let kafka = EmbeddedKafka::start(&[(TOPIC, 4), ("events", 2)]).unwrap();
    let producer = producer(&kafka);
    let mut partitions = std::collections::BTreeSet::new();
    for device in 0..40 {
        let key = format!("device-{device}");
        let partition = send(&producer, &key, "x").await;
        assert_eq!(send(&producer, &key, "y").await, partition);
        partitions.insert(partition);
    }
    assert_eq!(partitions.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_only_partition_moves_to_the_other_member_when_its_holder_leaves() {
    let kafka = EmbeddedKafka::start(&[(TOPIC, 1)]).unwrap();
    let producer = producer(&kafka);
    let holder = consumer(&kafka);
    send(&producer, "d1", "first").await;
    assert_eq!(take(&holder).await.1, "first");

    let standby = consumer(&kafka);
    drop(holder);
    send(&producer, "d1", "second").await;
    assert_eq!(take(&standby).await.1, "second");
}

#[test]
fn a_topic_without_partitions_is_refused() {
    assert!(matches!(
        EmbeddedKafka::start(&[(TOPIC, 0)]),
        Err(EmbeddedKafkaError::Partitions { .. })
    ));
}

#[test]
fn the_cluster_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<EmbeddedKafka>();
}
