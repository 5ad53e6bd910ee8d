//! Whether anything is left to read up to an offset. The last offsets of a partition need not be records that anybody gets:
//! compaction removes tombstones in the end, and transactions leave marks that are no records.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::{Offset, TopicPartitionList};

use super::super::context::Context;
use super::super::settings::Settings;

/// How long the log may take to show the end of some partitions.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where one partition is to be read from, and up to where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    /// The next offset to be read.
    pub(super) next: i64,
    /// The one after the last.
    pub(super) end: i64,
}

/// Those partitions of a topic that hold nothing of their stretch. Reads, with a client of its own, until each shows a
/// record or its end; one that shows neither in time is left out.
pub(super) fn empty_stretches(
    settings: &Settings,
    topic: &str,
    stretches: &BTreeMap<i32, Stretch>,
) -> KafkaResult<Vec<i32>> {
    let own = [
        ("enable.auto.commit", "false"),
        // An event tells the end; it names the partition and not the topic, so there is one topic.
        ("enable.partition.eof", "true"),
    ];
    let group_id = format!("{}-tail", settings.client_id);
    let consumer: BaseConsumer<Context> = settings
        .consumer_config(&group_id, &own)
        .create_with_context(Context::named("tail"))?;
    let mut assignment = TopicPartitionList::new();
    for (partition, stretch) in stretches {
        assignment.add_partition_offset(topic, *partition, Offset::Offset(stretch.next))?;
    }
    consumer.assign(&assignment)?;
    let (mut open, mut empty) = (stretches.clone(), Vec::new());
    let until = Instant::now() + PATIENCE;
    while !open.is_empty() && Instant::now() < until {
        let (partition, is_empty) = match consumer.poll(Duration::from_millis(100)) {
            Some(Ok(record)) => {
                use rdkafka::Message as _;
                let partition = record.partition();
                let stretch = open.get(&partition);
                let is_after = stretch.is_some_and(|stretch| record.offset() >= stretch.end);
                (partition, is_after)
            }
            Some(Err(KafkaError::PartitionEOF(partition))) => (partition, true),
            Some(Err(_)) | None => continue,
        };
        if open.remove(&partition).is_some() && is_empty {
            empty.push(partition);
        }
    }
    Ok(empty)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use connector_domain::port::{OutgoingRecord, RecordLog as _};

    use super::super::super::producer::{Producer, ProducerOptions};
    use super::*;
    use crate::embedded::EmbeddedKafka;

    #[tokio::test]
    async fn a_stretch_is_empty_when_its_partition_ends_or_goes_on_behind_it() {
        let kafka = EmbeddedKafka::start(&[("t", 3)]).expect("started");
        let settings = Settings::new(kafka.bootstrap_servers(), "test");
        let producer = Producer::connect(&settings, ProducerOptions::default()).expect("made");
        for key in ["a", "b", "c", "d", "e", "f", "g", "h"] {
            let record = OutgoingRecord {
                topic: "t".to_owned(),
                key: Some(Bytes::from_static(key.as_bytes())),
                headers: Vec::new(),
                value: None,
            };
            let appended = producer.append(record).expect("room").await;
            appended.expect("written");
        }
        let ends = tokio::task::spawn_blocking(move || {
            let consumer: BaseConsumer<Context> = settings
                .client_config(&[])
                .create_with_context(Context::named("test"))
                .expect("made");
            let ends = [0, 1, 2].map(|partition| {
                let found = consumer.fetch_watermarks("t", partition, PATIENCE);
                found.expect("told").1
            });
            assert!(ends.iter().all(|end| *end >= 1), "{ends:?}");
            let stretches = [
                // The log says that there is more than it gives.
                Stretch {
                    next: ends[0],
                    end: ends[0] + 2,
                },
                Stretch {
                    next: 0,
                    end: ends[1],
                },
                Stretch { next: 0, end: 0 },
            ];
            let stretches = (0..).zip(stretches).collect();
            empty_stretches(&settings, "t", &stretches)
        });
        let mut empty = ends.await.expect("no panic").expect("read");
        empty.sort_unstable();
        assert_eq!(empty, [0, 2]);
    }
}
