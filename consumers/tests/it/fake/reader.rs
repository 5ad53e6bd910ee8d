//! A consumer of the log, alone in its group.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use connector_domain::port::{BatchLimit, IncomingRecord, LogEnds, LogError, RecordConsumer};

use super::log::{Log, PARTITIONS};

type Offsets = BTreeMap<(String, i32), i64>;

#[derive(Default)]
struct State {
    next: Offsets,
    done: Offsets,
}

pub struct Reader {
    log: Log,
    topics: Vec<String>,
    state: Mutex<State>,
}

impl Reader {
    /// Reads `topics` from the start.
    pub fn new(log: Log, topics: Vec<String>) -> Self {
        Self {
            log,
            topics,
            state: Mutex::default(),
        }
    }

    /// Whether every record of the topics is acknowledged.
    pub fn is_done(&self) -> bool {
        let state = self.state();
        self.partitions().all(|(topic, partition)| {
            let written = self.log.partition(&topic, partition).len();
            let done = state.done.get(&(topic, partition)).copied().unwrap_or(0);
            i64::try_from(written).expect("few") == done
        })
    }

    /// Reads on from what is acknowledged, as a new member does.
    pub fn join(&self) {
        let mut state = self.state();
        state.next = state.done.clone();
    }

    /// Starts again at the first record, as after losing all that was acknowledged.
    pub fn forget(&self) {
        *self.state() = State::default();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("lock")
    }

    fn partitions(&self) -> impl Iterator<Item = (String, i32)> + '_ {
        self.topics
            .iter()
            .flat_map(|topic| (0..PARTITIONS).map(move |partition| (topic.clone(), partition)))
    }

    fn take(&self, limit: BatchLimit) -> Vec<IncomingRecord> {
        let mut state = self.state();
        let mut taken = Vec::new();
        for key in self.partitions() {
            let next = state.next.entry(key.clone()).or_insert(0);
            let skipped = usize::try_from(*next).expect("not negative");
            let room = limit.records - taken.len();
            let records = self.log.partition(&key.0, key.1).into_iter();
            let found: Vec<IncomingRecord> = records.skip(skipped).take(room).collect();
            *next += i64::try_from(found.len()).expect("few");
            taken.extend(found);
        }
        taken
    }
}

#[async_trait]
impl RecordConsumer for Reader {
    async fn next(&self, limit: BatchLimit) -> Result<Vec<IncomingRecord>, LogError> {
        let more = self.log.more.notified();
        let taken = self.take(limit);
        if !taken.is_empty() {
            return Ok(taken);
        }
        let _ = tokio::time::timeout(limit.wait, more).await;
        Ok(self.take(limit))
    }

    fn done(&self, records: &[(String, i32, i64)]) -> Result<(), LogError> {
        let mut state = self.state();
        for (topic, partition, offset) in records {
            state.done.insert((topic.clone(), *partition), offset + 1);
        }
        Ok(())
    }

    fn holds(&self, topic: &str, partition: i32) -> bool {
        let mut places = self.partitions();
        places.any(|place| place.0 == topic && place.1 == partition)
    }

    async fn ends(&self) -> Result<LogEnds, LogError> {
        let state = self.state();
        let partitions = self
            .partitions()
            .map(|(topic, partition)| {
                let end = self.log.partition(&topic, partition).len();
                let next = state.next.get(&(topic.clone(), partition)).copied();
                (
                    topic,
                    partition,
                    i64::try_from(end).expect("few"),
                    next.unwrap_or(0),
                )
            })
            .collect();
        Ok(LogEnds { partitions })
    }

    async fn rewind(&self) -> Result<(), LogError> {
        self.join();
        Ok(())
    }

    async fn close(&self) {}
}
