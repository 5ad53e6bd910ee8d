//! Reading the log as a member of a group.

use std::time::Duration;

use connector_domain::port::{BatchLimit, IncomingRecord, RecordConsumer, RecordLog};
use connector_transport::embedded::EmbeddedKafka;
use connector_transport::kafka::{GroupConsumer, GroupOptions, Settings};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::mocking::MockCluster;
use rdkafka::topic_partition_list::TopicPartitionListElem;
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use tokio::time::{sleep, timeout};

use crate::kafka_log::{producer, record, settings};
use crate::link_broker::eventually;

pub(crate) const TOPIC: &str = "ingress";
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn options(topic: &str) -> GroupOptions {
    let mut options = GroupOptions::new("readers", vec![topic.to_owned()]);
    options.session_timeout = Duration::from_secs(6);
    options
}

fn join(kafka: &EmbeddedKafka) -> GroupConsumer {
    GroupConsumer::join(&settings(kafka), &options(TOPIC)).unwrap()
}

async fn append(kafka: &EmbeddedKafka, values: &[&str]) {
    let producer = producer(&settings(kafka));
    for value in values {
        producer
            .append(record(TOPIC, value, value))
            .unwrap()
            .await
            .unwrap();
    }
}

pub(crate) fn at_most(records: usize) -> BatchLimit {
    BatchLimit {
        records,
        bytes: 1024 * 1024,
        wait: Duration::from_millis(100),
        linger: Duration::from_millis(10),
    }
}

/// The next so many records, whatever the batches.
pub(crate) async fn take(consumer: &GroupConsumer, count: usize) -> Vec<IncomingRecord> {
    let mut taken = Vec::new();
    let taking = async {
        while taken.len() < count {
            taken.extend(consumer.next(at_most(count - taken.len())).await.unwrap());
        }
    };
    timeout(PATIENCE, taking).await.expect("records in time");
    taken
}

fn values(records: &[IncomingRecord]) -> Vec<String> {
    let text = |record: &IncomingRecord| {
        String::from_utf8(record.value.clone().unwrap().to_vec()).unwrap()
    };
    records.iter().map(text).collect()
}

pub(crate) fn place(record: &IncomingRecord) -> (String, i32, i64) {
    (record.topic.clone(), record.partition, record.offset)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_done_is_not_read_again_and_the_rest_is() {
    let kafka = EmbeddedKafka::start(&[(TOPIC, 1)]).unwrap();
    append(&kafka, &["a", "b", "c"]).await;
    let first = join(&kafka);
    let records = take(&first, 3).await;
    assert_eq!(values(&records), ["a", "b", "c"]);
    assert_eq!(
        records[0].header("topic"),
        Some("redhat/insights/d1/control/out")
    );
    assert!(first.is_member());
    assert_eq!(first.assignment(), [(TOPIC.to_owned(), 0)]);
    first.done(&[place(&records[1])]).unwrap();
    first.close().await;
    assert!(first.next(at_most(1)).await.is_err());
    assert!(!first.is_member());

    let second = join(&kafka);
    assert_eq!(values(&take(&second, 1).await), ["c"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rewind_goes_back_to_the_last_done() {
    let kafka = EmbeddedKafka::start(&[(TOPIC, 1)]).unwrap();
    append(&kafka, &["a", "b", "c", "d"]).await;
    let consumer = join(&kafka);
    // Nothing is done yet: from the start. The rest waits in the queue, and must not come twice.
    take(&consumer, 2).await;
    consumer.rewind().await.unwrap();
    let records = take(&consumer, 3).await;
    assert_eq!(values(&records), ["a", "b", "c"]);
    consumer.done(&[place(&records[0])]).unwrap();
    consumer.rewind().await.unwrap();
    assert_eq!(values(&take(&consumer, 3).await), ["b", "c", "d"]);
    assert!(consumer.next(at_most(1)).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ends_tell_how_far_behind_we_are() {
    let kafka = EmbeddedKafka::start(&[(TOPIC, 1)]).unwrap();
    append(&kafka, &["a", "b", "c"]).await;
    let first = join(&kafka);
    let records = take(&first, 2).await;
    let ends = first.ends().await.unwrap();
    assert_eq!(ends.partitions, [(TOPIC.to_owned(), 0, 3, 2)]);
    first.done(&[place(&records[1])]).unwrap();
    first.close().await;

    // Nothing was read yet: where the group stands.
    let second = join(&kafka);
    eventually("it joins", || second.is_member()).await;
    let ends = second.ends().await.unwrap();
    assert_eq!(ends.partitions, [(TOPIC.to_owned(), 0, 3, 2)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn partitions_move_to_a_new_member_with_what_is_done() {
    let kafka = EmbeddedKafka::start(&[(TOPIC, 2)]).unwrap();
    let all: Vec<String> = (0..20).map(|number| format!("r{number}")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    append(&kafka, &all).await;
    let first = join(&kafka);
    let records = take(&first, 20).await;
    let (done, undone): (Vec<_>, Vec<_>) = records.iter().partition(|record| record.offset < 3);
    first
        .done(&done.iter().map(|record| place(record)).collect::<Vec<_>>())
        .unwrap();
    // The mock cluster, unlike a real one, takes no commit while the group is being balanced.
    committed(&kafka, &[3, 3]).await;

    let second = join(&kafka);
    let halves = || (first.assignment().len(), second.assignment().len()) == (1, 1);
    eventually("each has a partition", halves).await;
    // Work of before is in vain: it is not ours any more, or is ours anew.
    first
        .done(
            &undone
                .iter()
                .map(|record| place(record))
                .collect::<Vec<_>>(),
        )
        .unwrap();
    let (mut again, of_second) = tokio::join!(
        take(
            &first,
            undone.iter().filter(|record| is_of(&first, record)).count()
        ),
        take(
            &second,
            undone
                .iter()
                .filter(|record| is_of(&second, record))
                .count()
        ),
    );
    again.extend(of_second);
    let sorted = |mut values: Vec<String>| {
        values.sort();
        values
    };
    let undone: Vec<IncomingRecord> = undone.into_iter().cloned().collect();
    assert_eq!(sorted(values(&again)), sorted(values(&undone)));
}

/// Waits until the group has committed these offsets, by partition.
async fn committed(kafka: &EmbeddedKafka, offsets: &[i64]) {
    let observer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", kafka.bootstrap_servers())
        .set("group.id", "readers")
        .create()
        .unwrap();
    eventually("it is committed", || {
        let mut asked = TopicPartitionList::new();
        asked.add_partition_range(TOPIC, 0, i32::try_from(offsets.len()).unwrap() - 1);
        let found = observer.committed_offsets(asked, PATIENCE).unwrap();
        let expected = offsets.iter().map(|offset| Offset::Offset(*offset));
        found
            .elements()
            .iter()
            .map(TopicPartitionListElem::offset)
            .eq(expected)
    })
    .await;
}

fn is_of(consumer: &GroupConsumer, record: &IncomingRecord) -> bool {
    consumer
        .assignment()
        .contains(&(record.topic.clone(), record.partition))
}

#[tokio::test]
async fn a_topic_made_after_the_group_has_met_is_read_soon() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic(TOPIC, 1, 1).unwrap();
    let settings = Settings::new(cluster.bootstrap_servers(), "test");
    let mut options = options(TOPIC);
    options.topics.push("late".to_owned());
    let consumer = GroupConsumer::join(&settings, &options).unwrap();
    eventually("it is a member", || consumer.vitals().is_member).await;

    cluster.create_topic("late", 1, 1).unwrap();
    let producer = producer(&settings);
    let append = producer.append(record("late", "k", "v"));
    append.unwrap().await.unwrap();
    let read = timeout(PATIENCE, async {
        loop {
            match consumer.next(at_most(1)).await.as_deref() {
                Ok([record, ..]) => return record.topic.clone(),
                Ok([]) => {}
                // The topic is missing for now, and said to be.
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
        }
    });
    assert_eq!(read.await.expect("read in time"), "late");
    consumer.close().await;
}
