//! Reads one topic of the log, as Kafka keeps it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use connector_domain::port::{IncomingRecord, LogError, RecordTail, TailItem};
use connector_domain::stamp::Stamp;

use super::log::{Log, PARTITIONS};

/// What Kafka has kept of a topic.
#[derive(Debug, Clone, Copy)]
pub enum Kept {
    /// Everything.
    All,
    /// Of each key the last record.
    Compacted,
    /// Records of this time and later.
    Since(Stamp),
}

#[derive(Default)]
struct State {
    next: [usize; PARTITIONS as usize],
    caught_up: bool,
    turn: usize,
}

pub struct Tail {
    log: Log,
    kept: Kept,
    partitions: [(String, i32); 1],
    goals: Vec<usize>,
    state: Mutex<State>,
}

impl Tail {
    pub fn open(log: &Log, topic: &str, kept: Kept) -> Arc<Self> {
        let goals = (0..PARTITIONS).map(|partition| log.partition(topic, partition).len());
        Arc::new(Self {
            log: log.clone(),
            kept,
            partitions: [(topic.to_owned(), PARTITIONS)],
            goals: goals.collect(),
            state: Mutex::default(),
        })
    }

    /// The next record kept, from one partition after the other.
    fn take(&self) -> Option<TailItem> {
        let mut state = self.state.lock().expect("lock");
        for _ in 0..self.goals.len() {
            let partition = state.turn;
            state.turn = (partition + 1) % self.goals.len();
            let number = i32::try_from(partition).expect("few");
            let records = self.log.partition(&self.partitions[0].0, number);
            while let Some(record) = records.get(state.next[partition]) {
                state.next[partition] += 1;
                if self.is_kept(record, &records[..self.goals[partition]]) {
                    return Some(TailItem::Record(record.clone()));
                }
            }
        }
        let is_there = (0..self.goals.len()).all(|n| state.next[n] >= self.goals[n]);
        (is_there && !std::mem::replace(&mut state.caught_up, true)).then_some(TailItem::CaughtUp)
    }

    fn is_kept(&self, record: &IncomingRecord, old: &[IncomingRecord]) -> bool {
        match self.kept {
            Kept::All => true,
            Kept::Since(time) => record.timestamp >= time,
            Kept::Compacted => {
                let last: BTreeMap<&Option<Bytes>, i64> =
                    old.iter().map(|old| (&old.key, old.offset)).collect();
                last.get(&record.key)
                    .is_none_or(|last| *last <= record.offset)
            }
        }
    }
}

#[async_trait]
impl RecordTail for Tail {
    async fn next(&self) -> Result<TailItem, LogError> {
        loop {
            let more = self.log.more.notified();
            if let Some(item) = self.take() {
                return Ok(item);
            }
            more.await;
        }
    }

    fn log_id(&self) -> &'static str {
        "fake"
    }

    fn partitions(&self) -> &[(String, i32)] {
        &self.partitions
    }

    fn start_offsets(&self) -> Vec<Vec<i64>> {
        vec![vec![0; self.goals.len()]]
    }
}
