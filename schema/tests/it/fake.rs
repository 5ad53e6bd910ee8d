//! Stand-ins for what the schema reaches outside the process: Kafka as a list, a broker that answers as told.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_domain::port::{
    AppendError, AppendResult, DevicePublisher, IncomingRecord, LogError, LogPosition,
    OutgoingRecord, PublishOutcome, RecordLog, RecordTail, TailItem,
};
use connector_domain::stamp::Stamp;
use futures::future::BoxFuture;
use tokio::sync::Notify;

pub const CONNECTION_EVENTS: &str = "connection-events";
pub const MESSAGE_EVENTS: &str = "message-events";
const PARTITIONS: i32 = 2;

/// Kafka: every record ever appended, in order.
#[derive(Default)]
pub struct Kafka {
    records: Mutex<Vec<IncomingRecord>>,
    appended: Notify,
    now: Mutex<Stamp>,
}

impl Kafka {
    pub fn set_time(&self, now: Stamp) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    pub fn records(&self) -> Vec<IncomingRecord> {
        let records = self.records.lock();
        records.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn push(&self, topic: &str, key: &str, value: Vec<u8>) -> LogPosition {
        let partition = i32::from(key.bytes().fold(0_u8, u8::wrapping_add)) % PARTITIONS;
        let timestamp = *self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let same =
            |record: &&IncomingRecord| record.topic == topic && record.partition == partition;
        let offset = i64::try_from(records.iter().filter(same).count()).expect("few");
        records.push(IncomingRecord {
            topic: topic.to_owned(),
            partition,
            offset,
            timestamp,
            key: Some(Bytes::copy_from_slice(key.as_bytes())),
            headers: Vec::new(),
            value: Some(Bytes::from(value)),
        });
        drop(records);
        self.appended.notify_waiters();
        LogPosition { partition, offset }
    }

    /// Reads all records from one on.
    pub fn tail(self: &Arc<Self>, log_id: &str, from: usize) -> Tail {
        Tail {
            kafka: Arc::clone(self),
            log_id: log_id.to_owned(),
            partitions: [CONNECTION_EVENTS, MESSAGE_EVENTS]
                .map(|topic| (topic.to_owned(), PARTITIONS))
                .to_vec(),
            from,
            at: AtomicUsize::new(from),
            until: Arc::new(AtomicUsize::new(usize::MAX)),
            caught_up: Mutex::new(Some(self.records().len())),
        }
    }

    /// Reads all records, of which there were none when it began; only as many as `until` says.
    pub fn held_tail(self: &Arc<Self>, log_id: &str, until: Arc<AtomicUsize>) -> Tail {
        Tail {
            until,
            caught_up: Mutex::new(Some(0)),
            ..self.tail(log_id, 0)
        }
    }
}

#[async_trait]
impl RecordLog for Kafka {
    fn append(
        &self,
        record: OutgoingRecord,
    ) -> Result<BoxFuture<'static, AppendResult>, AppendError> {
        let key = record.key.unwrap_or_default();
        let key = String::from_utf8_lossy(&key).into_owned();
        let position = self.push(
            &record.topic,
            &key,
            record.value.unwrap_or_default().to_vec(),
        );
        Ok(Box::pin(std::future::ready(Ok(position))))
    }

    async fn flush(&self, _: Duration) -> Result<(), LogError> {
        Ok(())
    }

    async fn ping(&self) -> Result<(), LogError> {
        Ok(())
    }
}

pub struct Tail {
    kafka: Arc<Kafka>,
    log_id: String,
    partitions: Vec<(String, i32)>,
    from: usize,
    at: AtomicUsize,
    until: Arc<AtomicUsize>,
    caught_up: Mutex<Option<usize>>,
}

impl Tail {
    fn try_next(&self) -> Option<TailItem> {
        let at = self.at.load(Ordering::SeqCst);
        let mut end = self
            .caught_up
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if end.is_some_and(|end| at >= end) {
            *end = None;
            return Some(TailItem::CaughtUp);
        }
        if at >= self.until.load(Ordering::SeqCst) {
            return None;
        }
        let record = self.kafka.records().get(at).cloned()?;
        self.at.store(at + 1, Ordering::SeqCst);
        Some(TailItem::Record(record))
    }
}

#[async_trait]
impl RecordTail for Tail {
    async fn next(&self) -> Result<TailItem, LogError> {
        loop {
            let appended = self.kafka.appended.notified();
            tokio::pin!(appended);
            appended.as_mut().enable();
            match self.try_next() {
                Some(item) => return Ok(item),
                None => appended.await,
            }
        }
    }

    fn log_id(&self) -> &str {
        &self.log_id
    }

    fn partitions(&self) -> &[(String, i32)] {
        &self.partitions
    }

    fn start_offsets(&self) -> Vec<Vec<i64>> {
        let mut counts: HashMap<(String, i32), i64> = HashMap::new();
        for record in self.kafka.records().into_iter().take(self.from) {
            *counts.entry((record.topic, record.partition)).or_default() += 1;
        }
        let count = |topic: &String, partition| {
            let key = (topic.clone(), partition);
            counts.get(&key).copied().unwrap_or(0)
        };
        let offsets = |(topic, partitions): &(String, i32)| {
            (0..*partitions)
                .map(|partition| count(topic, partition))
                .collect()
        };
        self.partitions.iter().map(offsets).collect()
    }
}

/// A broker that answers every publish alike and remembers what it got.
pub struct Broker {
    pub outcome: Mutex<PublishOutcome>,
    published: Mutex<Vec<(String, Bytes)>>,
}

impl Default for Broker {
    fn default() -> Self {
        Self {
            outcome: Mutex::new(PublishOutcome::Acknowledged),
            published: Mutex::default(),
        }
    }
}

impl Broker {
    pub fn published(&self) -> Vec<(String, Bytes)> {
        let published = self.published.lock();
        published.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl DevicePublisher for Broker {
    async fn publish(
        &self,
        topic: &str,
        payload: Bytes,
        _: Duration,
        _: Box<dyn FnOnce(PublishOutcome) + Send>,
    ) -> PublishOutcome {
        let mut published = self
            .published
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        published.push((topic.to_owned(), payload));
        self.outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn is_connected(&self) -> bool {
        true
    }
}
