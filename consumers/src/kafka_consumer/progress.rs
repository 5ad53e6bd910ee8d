//! How far each partition has been applied: what the API tells as the age of presence.

use std::collections::BTreeMap;
use std::time::Duration;

use connector_domain::port::{IncomingRecord, PartitionProgress};
use connector_domain::stamp::Stamp;
use tokio::time::Instant;
use tracing::warn;

use super::Ports;
use super::decode::position;
use crate::unix_time::seconds;

/// How often at most it is written, and how often at most the ends of partitions are asked for while nothing comes.
const EVERY: Duration = Duration::from_secs(1);

/// How often at most they are asked for while other partitions keep the consumer busy.
const EVERY_WHILE_BUSY: Duration = Duration::from_secs(5);

/// Progress that is not written yet.
#[derive(Default)]
pub(super) struct Progress {
    reached: BTreeMap<(String, i32), Stamp>,
    written: Option<Instant>,
    checked: Option<Instant>,
}

impl Progress {
    /// These records are done.
    pub(super) async fn applied(&mut self, records: &[IncomingRecord], ports: &Ports) {
        let now = ports.clock.now();
        for record in records {
            let stamp = position(record).stamp;
            metrics::histogram!("connector_kafka_record_age_seconds").record(now.since(stamp));
            self.reach(&record.topic, record.partition, stamp);
        }
        // A partition of which nothing comes would otherwise hold presence back for as long as the others are busy.
        if is_due(self.checked, EVERY_WHILE_BUSY) {
            self.check_ends(ports).await;
        }
        if is_due(self.written, EVERY) {
            self.write(ports).await;
        }
    }

    /// Nothing came.
    pub(super) async fn idle(&mut self, ports: &Ports) {
        if is_due(self.checked, EVERY) {
            self.check_ends(ports).await;
        }
        if !self.reached.is_empty() && is_due(self.written, EVERY) {
            self.write(ports).await;
        }
    }

    /// Where everything is read, presence is as of now.
    async fn check_ends(&mut self, ports: &Ports) {
        self.checked = Some(Instant::now());
        // Taken first: what is written after it may not be in the ends.
        let now = ports.clock.now();
        match ports.consumer.ends().await {
            Ok(ends) => {
                for (topic, partition, end, next) in ends.partitions {
                    if next >= end {
                        self.reach(&topic, partition, now);
                    }
                }
            }
            Err(error) => warn!(%error, "the ends of the ingress topics are not known"),
        }
    }

    fn reach(&mut self, topic: &str, partition: i32, stamp: Stamp) {
        let reached = self
            .reached
            .entry((topic.to_owned(), partition))
            .or_insert(stamp);
        *reached = stamp.max(*reached);
    }

    /// What cannot be written is written with the next.
    async fn write(&mut self, ports: &Ports) {
        let progress: Vec<PartitionProgress> = self
            .reached
            .iter()
            .map(|((topic, partition), as_of)| PartitionProgress {
                topic: topic.clone(),
                partition: *partition,
                as_of: *as_of,
            })
            .collect();
        self.written = Some(Instant::now());
        match ports
            .connections
            .note_progress(ports.scope, &progress)
            .await
        {
            Ok(()) => self.reached.clear(),
            Err(error) => warn!(%error, "progress is not noted yet"),
        }
        for PartitionProgress {
            topic,
            partition,
            as_of,
        } in progress
        {
            metrics::gauge!(
                "connector_kafka_progress_timestamp_seconds",
                "topic" => topic,
                "partition" => partition.to_string(),
            )
            .set(seconds(Some(as_of)));
        }
    }
}

fn is_due(last: Option<Instant>, every: Duration) -> bool {
    last.is_none_or(|last| last.elapsed() >= every)
}
