//! Appending to the log.

use std::time::Duration;

use bytes::Bytes;
use connector_domain::port::{AppendError, LogError, OutgoingRecord, RecordLog};
use connector_transport::embedded::EmbeddedKafka;
use connector_transport::kafka::{Producer, ProducerOptions, Settings, verify_topics};
use rdkafka::mocking::MockCluster;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use tokio::time::timeout;

use crate::link_broker::eventually;

const TOPIC: &str = "ingress";
const PATIENCE: Duration = Duration::from_secs(20);

/// Nobody listens there.
pub(crate) const NOBODY: &str = "127.0.0.1:1";

pub(crate) fn record(topic: &str, key: &str, value: &str) -> OutgoingRecord {
    OutgoingRecord {
        topic: topic.to_owned(),
        key: Some(Bytes::copy_from_slice(key.as_bytes())),
        headers: vec![("topic", "redhat/insights/d1/control/out".to_owned())],
        value: Some(Bytes::copy_from_slice(value.as_bytes())),
    }
}

pub(crate) fn settings(kafka: &EmbeddedKafka) -> Settings {
    Settings::new(kafka.bootstrap_servers(), "test")
}

pub(crate) fn producer(settings: &Settings) -> Producer {
    Producer::connect(settings, ProducerOptions::default()).unwrap()
}

/// Partition as the existing service has it: FNV-1a, 32 bits, taken as signed.
fn partition_of(key: &str, partitions: i32) -> i32 {
    let step = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    let hash = key.bytes().fold(0x811c_9dc5, step);
    (hash.cast_signed() % partitions).abs()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_go_where_the_existing_service_puts_them_and_stay_in_order() {
    // From librdkafka's own list, made with Go: the absolute of the hash of this key.
    assert_eq!(partition_of("kafka", i32::MAX), 0x0d33_c4e1);
    let kafka = EmbeddedKafka::start(&[(TOPIC, 24)]).unwrap();
    let producer = producer(&settings(&kafka));
    let keys = [
        "kafka",
        "host-1",
        "giberish123456789",
        "7a3ac3f1-9d0c-4f28-a4ba-6a4f7b1f0c8e",
        "b",
    ];
    for key in keys {
        let queued: Vec<_> = (0..3)
            .map(|_| producer.append(record(TOPIC, key, "x")).unwrap())
            .collect();
        let mut offsets = Vec::new();
        for delivery in queued {
            let position = timeout(PATIENCE, delivery).await.unwrap().unwrap();
            assert_eq!(position.partition, partition_of(key, 24), "{key}");
            offsets.push(position.offset);
        }
        assert!(offsets.is_sorted(), "{offsets:?}");
    }
    producer.ping().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_gives_the_record_back_and_a_log_that_is_away_is_unavailable() {
    let mut settings = Settings::new(NOBODY, "test");
    settings
        .properties
        .insert("queue.buffering.max.messages".to_owned(), "1".to_owned());
    let options = ProducerOptions {
        delivery_timeout: Duration::from_millis(200),
    };
    let producer = Producer::connect(&settings, options).unwrap();
    let first = producer.append(record(TOPIC, "k", "first")).unwrap();
    let second = record(TOPIC, "k", "second");
    match producer.append(second.clone()) {
        Err(AppendError::QueueFull(given_back)) => assert_eq!(*given_back, second),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("the queue took more than it holds"),
    }
    let outcome = timeout(PATIENCE, first).await.unwrap();
    assert!(
        matches!(outcome, Err(AppendError::Unavailable(_))),
        "{outcome:?}"
    );
    assert!(matches!(
        producer.ping().await,
        Err(LogError::Unavailable(_))
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_over_the_limit_is_too_large() {
    let kafka = EmbeddedKafka::start(&[(TOPIC, 1)]).unwrap();
    let mut settings = settings(&kafka);
    settings.message_max_bytes = 2000;
    let producer = producer(&settings);
    let outcome = producer.append(record(TOPIC, "k", &"x".repeat(3000)));
    assert!(matches!(outcome.err(), Some(AppendError::TooLarge)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_purged_is_not_written_and_the_producer_goes_on() {
    let kafka = EmbeddedKafka::start(&[(TOPIC, 1)]).unwrap();
    let mut settings = settings(&kafka);
    settings
        .properties
        .insert("linger.ms".to_owned(), "3000".to_owned());
    let producer = producer(&settings);
    let purged = producer.append(record(TOPIC, "k", "purged")).unwrap();
    producer.purge();
    let outcome = timeout(PATIENCE, purged).await.unwrap();
    assert!(
        matches!(outcome, Err(AppendError::Unavailable(_))),
        "{outcome:?}"
    );

    let next = producer.append(record(TOPIC, "k", "next")).unwrap();
    producer.flush(PATIENCE).await.unwrap();
    assert_eq!(timeout(PATIENCE, next).await.unwrap().unwrap().offset, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_producer_that_failed_for_good_says_so() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic(TOPIC, 1, 1).unwrap();
    let refused = RDKafkaRespErr::RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED;
    cluster.request_errors(RDKafkaApiKey::InitProducerId, &[refused]);
    let producer = producer(&Settings::new(cluster.bootstrap_servers(), "test"));
    eventually("it has failed", || producer.fatal_error().is_some()).await;
    assert!(matches!(producer.ping().await, Err(LogError::Refused(_))));
    let outcome = producer.append(record(TOPIC, "k", "x"));
    assert!(matches!(outcome.err(), Some(AppendError::Unavailable(_))));
    // As one that lost its place does: it goes on with a new client.
    producer.purge();
    assert_eq!(producer.fatal_error(), None);
    let appended = producer.append(record(TOPIC, "k", "x")).unwrap();
    timeout(PATIENCE, appended).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_topic_is_named() {
    let kafka = EmbeddedKafka::start(&[(TOPIC, 3), ("events", 1)]).unwrap();
    let settings = settings(&kafka);
    let counts = verify_topics(&settings, &["events", TOPIC]).await.unwrap();
    assert_eq!(
        counts.into_iter().collect::<Vec<_>>(),
        [("events".to_owned(), 1), (TOPIC.to_owned(), 3)]
    );
    match verify_topics(&settings, &[TOPIC, "nowhere"]).await {
        Err(LogError::Refused(reason)) => assert!(reason.contains("nowhere"), "{reason}"),
        other => panic!("{other:?}"),
    }
    let away = verify_topics(&Settings::new(NOBODY, "test"), &[TOPIC]).await;
    assert!(matches!(away, Err(LogError::Unavailable(_))), "{away:?}");
}

#[tokio::test]
async fn a_broken_sequence_fails_what_is_under_way_and_not_what_is_appended_again() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic(TOPIC, 1, 1).unwrap();
    let producer = producer(&Settings::new(cluster.bootstrap_servers(), "test"));
    let append = async |value| {
        let queued = producer.append(record(TOPIC, "k", value))?;
        timeout(PATIENCE, queued).await.unwrap()
    };
    append("first").await.unwrap();

    let error = RDKafkaRespErr::RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER;
    cluster.request_errors(RDKafkaApiKey::Produce, &[error]);
    let refused = append("second").await;
    assert!(
        matches!(refused, Err(AppendError::Unavailable(_))),
        "{refused:?}"
    );

    // The client that failed makes way as soon as it has told everything.
    let again = timeout(PATIENCE, async {
        loop {
            match append("second").await {
                Ok(position) => return position,
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    });
    assert_eq!(again.await.unwrap().offset, 1);
    assert_eq!(producer.fatal_error(), None);
}
