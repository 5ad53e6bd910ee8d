//! What the mock cluster does not do: groups that balance as brokers do, marks of transactions, settings of topics.
//! `scripts/services run cargo test -p connector-transport --features service-tests`.

use std::time::{SystemTime, UNIX_EPOCH};

use connector_domain::port::{LogError, RecordTail, TailItem, TailStart};
use connector_transport::kafka::{
    Patience, Settings, Tail, await_topics, verify_record_size, verify_topics,
};
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use tokio::time::timeout;

use crate::kafka_group::PATIENCE;
use crate::kafka_rebalance::{Stint, storm};
use crate::link_broker::eventually;

fn settings() -> Settings {
    let brokers = std::env::var("CONNECTOR_TEST_KAFKA");
    let brokers = brokers.expect("CONNECTOR_TEST_KAFKA: run it with scripts/services run");
    Settings::new(brokers, "test")
}

/// Makes a topic that nobody has had.
pub(crate) async fn topic(name: &str, partitions: i32, config: &[(&str, &str)]) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let name = format!("{name}-{}", now.as_nanos());
    let admin: AdminClient<DefaultClientContext> = ClientConfig::new()
        .set("bootstrap.servers", settings().brokers)
        .create()
        .unwrap();
    let mut new = NewTopic::new(&name, partitions, TopicReplication::Fixed(1));
    for (key, value) in config {
        new = new.set(key, value);
    }
    let made = admin.create_topics([&new], &AdminOptions::new()).await;
    assert!(made.unwrap()[0].is_ok(), "{name}");
    let patience = Patience::default();
    await_topics(&settings(), &[&name], patience).await.unwrap();
    name
}

/// Waits until what is committed can be read up to these ends of (topic, partition). The marks are written after the commit
/// was answered.
async fn ends_are_readable(ends: impl IntoIterator<Item = (&String, i32, i64)>) {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", settings().brokers)
        .set("isolation.level", "read_committed")
        .create()
        .unwrap();
    for (topic, partition, end) in ends {
        let what = format!("offset {end} of {topic}/{partition}");
        eventually(&what, || {
            let found = consumer.fetch_watermarks(topic, partition, PATIENCE);
            found.is_ok_and(|(_, high)| high >= end)
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_skipped_while_members_come_and_go_every_second() {
    let topic = topic("storm", 6, &[]).await;
    let stints: Vec<Stint> = (0..8).map(|n| (n * 1000, 4000 + n % 3 * 1500)).collect();
    storm(settings(), &topic, 6000, &stints).await;
}

/// The last offset of each partition is a mark, which nobody gets.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tail_catches_up_although_the_last_offsets_are_no_records() {
    let topics = [topic("marks", 2, &[]).await, topic("more", 2, &[]).await];
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", settings().brokers)
        .set("transactional.id", &topics[0])
        .create()
        .unwrap();
    producer.init_transactions(PATIENCE).unwrap();
    producer.begin_transaction().unwrap();
    for number in 0..20 {
        let key = number.to_string();
        let record = BaseRecord::to(&topics[number % 2]).key(&key).payload(&key);
        let partition = i32::try_from(number / 2 % 2).unwrap();
        producer.send(record.partition(partition)).unwrap();
    }
    producer.commit_transaction(PATIENCE).unwrap();
    let ends = topics
        .iter()
        .flat_map(|topic| [(topic, 0, 6), (topic, 1, 6)]);
    ends_are_readable(ends).await;

    let start = TailStart::Oldest;
    let tail = Tail::open(&settings(), &topics, start, None).await.unwrap();
    let mut records = 0;
    let reading = async {
        while let TailItem::Record(_) = tail.next().await.unwrap() {
            records += 1;
        }
    };
    timeout(PATIENCE, reading).await.expect("it catches up");
    assert_eq!(records, 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_that_takes_only_small_records_is_refused_by_its_name() {
    let small = topic("small", 1, &[("max.message.bytes", "300000")]).await;
    let wide = topic("wide", 1, &[("max.message.bytes", "3000000")]).await;
    let (settings, topics) = (settings(), [wide.as_str(), small.as_str()]);
    verify_record_size(&settings, &topics, 300_000)
        .await
        .unwrap();
    match verify_record_size(&settings, &topics, 300_001).await {
        Err(LogError::Refused(reason)) => {
            assert!(
                reason.contains(&small) && reason.contains("300001"),
                "{reason}"
            );
        }
        other => panic!("{other:?}"),
    }
    let counts = verify_topics(&settings, &topics).await.unwrap();
    assert_eq!((counts[&small], counts[&wide]), (1, 1));
}
