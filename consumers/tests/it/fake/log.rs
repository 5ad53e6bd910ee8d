//! A log in memory that can be slow, full or away.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use connector_domain::clock::Clock;
use connector_domain::port::{
    AppendError, AppendResult, IncomingRecord, LogError, LogPosition, OutgoingRecord, RecordLog,
};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::sync::{Notify, oneshot};

/// Partitions of every topic.
pub const PARTITIONS: i32 = 2;

#[derive(Default)]
struct State {
    records: BTreeMap<(String, i32), Vec<IncomingRecord>>,
    held: VecDeque<(oneshot::Sender<AppendResult>, AppendResult)>,
    /// Reports wait for `release`.
    holds: bool,
    /// Most reports held before the queue is full.
    capacity: Option<usize>,
    /// Appends to a topic that fail, from the next on: `true` when it fails.
    failures: BTreeMap<String, VecDeque<bool>>,
    largest: Option<usize>,
    failed: usize,
    purged: usize,
}

/// A cheap handle; every copy is the same log.
#[derive(Clone)]
pub struct Log {
    state: Arc<Mutex<State>>,
    pub(super) more: Arc<Notify>,
    clock: Arc<dyn Clock>,
}

impl Log {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            state: Arc::default(),
            more: Arc::default(),
            clock,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("lock")
    }

    /// From now on reports wait for [`Self::release`], and at most `capacity` of them.
    pub fn hold_reports(&self, capacity: usize) {
        let mut state = self.state();
        state.holds = true;
        state.capacity = Some(capacity);
    }

    /// Gives the oldest reports held.
    pub fn release(&self, reports: usize) {
        let mut state = self.state();
        for _ in 0..reports {
            if let Some((sender, result)) = state.held.pop_front() {
                let _ = sender.send(result);
            }
        }
    }

    /// Reports held now.
    pub fn held(&self) -> usize {
        self.state().held.len()
    }

    /// Reports are given at once again, those held too.
    pub fn let_go(&self) {
        let held = self.held();
        self.release(held);
        let mut state = self.state();
        state.holds = false;
        state.capacity = None;
    }

    /// The next appends to a topic fail where `true`, and are written where `false`.
    pub fn fail(&self, topic: &str, appends: impl IntoIterator<Item = bool>) {
        let mut state = self.state();
        state
            .failures
            .entry(topic.to_owned())
            .or_default()
            .extend(appends);
    }

    /// Appends that failed so far.
    pub fn failed(&self) -> usize {
        self.state().failed
    }

    /// Appends dropped by a purge so far.
    pub fn purged(&self) -> usize {
        self.state().purged
    }

    /// Nothing fails any more.
    pub fn heal(&self) {
        self.state().failures.clear();
    }

    /// Values above this size are refused.
    pub fn largest(&self, bytes: usize) {
        self.state().largest = Some(bytes);
    }

    /// Every record of a topic, by partition.
    pub fn records(&self, topic: &str) -> Vec<IncomingRecord> {
        let state = self.state();
        (0..PARTITIONS)
            .filter_map(|partition| state.records.get(&(topic.to_owned(), partition)))
            .flatten()
            .cloned()
            .collect()
    }

    /// Values of a topic as JSON.
    pub fn json(&self, topic: &str) -> Vec<serde_json::Value> {
        let value = |record: &IncomingRecord| {
            serde_json::from_slice(record.value.as_deref().unwrap_or_default()).expect("JSON")
        };
        self.records(topic).iter().map(value).collect()
    }

    pub(super) fn partition(&self, topic: &str, partition: i32) -> Vec<IncomingRecord> {
        let state = self.state();
        let records = state.records.get(&(topic.to_owned(), partition));
        records.cloned().unwrap_or_default()
    }
}

impl State {
    fn write(&mut self, record: OutgoingRecord, clock: &dyn Clock) -> LogPosition {
        let key = record.key.as_deref().unwrap_or_default();
        let sum: i32 = key.iter().map(|byte| i32::from(*byte)).sum();
        let partition = sum % PARTITIONS;
        let records = self
            .records
            .entry((record.topic.clone(), partition))
            .or_default();
        let offset = i64::try_from(records.len()).expect("few");
        let headers = record.headers.into_iter();
        records.push(IncomingRecord {
            topic: record.topic,
            partition,
            offset,
            timestamp: clock.now(),
            key: record.key,
            headers: headers
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            value: record.value,
        });
        LogPosition { partition, offset }
    }
}

#[async_trait]
impl RecordLog for Log {
    fn append(
        &self,
        record: OutgoingRecord,
    ) -> Result<BoxFuture<'static, AppendResult>, AppendError> {
        let mut state = self.state();
        if state.capacity.is_some_and(|most| state.held.len() >= most) {
            return Err(AppendError::QueueFull(Box::new(record)));
        }
        let size = record.value.as_ref().map_or(0, bytes::Bytes::len);
        if state.largest.is_some_and(|largest| size > largest) {
            return Err(AppendError::TooLarge);
        }
        let failures = state.failures.get_mut(&record.topic);
        let fails = failures.and_then(VecDeque::pop_front).unwrap_or(false);
        let result = if fails {
            state.failed += 1;
            Err(AppendError::Unavailable("the test says so".to_owned()))
        } else {
            Ok(state.write(record, self.clock.as_ref()))
        };
        self.more.notify_waiters();
        if !state.holds {
            return Ok(std::future::ready(result).boxed());
        }
        let (sender, report) = oneshot::channel();
        state.held.push_back((sender, result));
        Ok(async move { report.await.expect("the log outlives its reports") }.boxed())
    }

    async fn flush(&self, _deadline: Duration) -> Result<(), LogError> {
        Ok(())
    }

    async fn ping(&self) -> Result<(), LogError> {
        Ok(())
    }

    fn purge(&self) {
        let mut state = self.state();
        for (sender, _) in std::mem::take(&mut state.held) {
            state.purged += 1;
            let purged = AppendError::Unavailable("purged".to_owned());
            let _ = sender.send(Err(purged));
        }
    }
}
