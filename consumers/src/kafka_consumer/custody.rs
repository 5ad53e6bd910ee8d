//! The records at hand, as the metrics have them: what was taken from the log is settled or given back.
//!
//! `connector_kafka_records_total` = `connector_kafka_outcomes_total` over all outcomes + `connector_kafka_in_flight`,
//! per topic and at any moment: there is one batch at a time, and each side is changed without waiting in between.

use std::collections::BTreeMap;

use connector_domain::port::IncomingRecord;
use connector_domain::stamp::Stamp;
use tokio::time::Instant;

use super::fate::Fate;
use crate::unix_time::seconds;

/// Outcome of records that are read again, by this process or another.
const RETURNED: &str = "returned";

/// How many records of each topic came to which end.
pub(super) type Fates = BTreeMap<(String, Fate), u64>;

/// The records of one poll. Dropping it gives them back.
pub(super) struct Custody {
    since: Instant,
    topics: BTreeMap<String, OfTopic>,
}

struct OfTopic {
    records: u64,
    /// When the log got the newest of them.
    newest: Stamp,
}

impl Custody {
    /// Takes records from the log.
    pub(super) fn of(records: &[IncomingRecord]) -> Self {
        let mut topics: BTreeMap<String, OfTopic> = BTreeMap::new();
        for record in records {
            let of_topic = topics.entry(record.topic.clone()).or_insert(OfTopic {
                records: 0,
                newest: record.timestamp,
            });
            of_topic.records += 1;
            of_topic.newest = of_topic.newest.max(record.timestamp);
        }
        for (topic, OfTopic { records, .. }) in &topics {
            metrics::counter!("connector_kafka_records_total", "topic" => topic.clone())
                .increment(*records);
            in_flight(topic, *records);
        }
        measure_batch(records.len());
        oldest_in_flight(records.iter().map(|record| record.timestamp).min());
        Self {
            since: Instant::now(),
            topics,
        }
    }

    /// They are done, and this is what became of them.
    pub(super) fn settle(mut self, fates: Fates) {
        metrics::histogram!("connector_kafka_batch_seconds").record(self.since.elapsed());
        for ((topic, fate), records) in fates {
            settled(&topic, fate.as_str(), records);
        }
        for (topic, OfTopic { newest, .. }) in std::mem::take(&mut self.topics) {
            in_flight(&topic, 0);
            metrics::gauge!("connector_kafka_last_settled_timestamp_seconds", "topic" => topic)
                .set(seconds(Some(newest)));
        }
        oldest_in_flight(None);
    }
}

impl Drop for Custody {
    fn drop(&mut self) {
        if self.topics.is_empty() {
            return;
        }
        for (topic, OfTopic { records, .. }) in &self.topics {
            settled(topic, RETURNED, *records);
            in_flight(topic, 0);
        }
        oldest_in_flight(None);
    }
}

fn settled(topic: &str, outcome: &'static str, records: u64) {
    metrics::counter!(
        "connector_kafka_outcomes_total",
        "topic" => topic.to_owned(),
        "outcome" => outcome,
    )
    .increment(records);
}

#[allow(clippy::cast_precision_loss, reason = "a gauge needs no more")]
fn in_flight(topic: &str, records: u64) {
    metrics::gauge!("connector_kafka_in_flight", "topic" => topic.to_owned()).set(records as f64);
}

/// When the log got the oldest record at hand; 0 while there is none.
fn oldest_in_flight(since: Option<Stamp>) {
    metrics::gauge!("connector_kafka_oldest_in_flight_timestamp_seconds").set(seconds(since));
}

#[allow(clippy::cast_precision_loss, reason = "a histogram needs no more")]
fn measure_batch(records: usize) {
    metrics::histogram!("connector_kafka_batch_records").record(records as f64);
}
