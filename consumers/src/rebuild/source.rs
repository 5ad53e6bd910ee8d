//! A topic as a rebuild reads it: in batches, to its end and then on.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use connector_domain::port::{BlockReader, IncomingRecord, LogError, RecordTail, TailItem};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::RebuildError;
use super::observer::{Observer, Phase};

/// Most bytes of one batch, save that one record always passes.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// How long a batch waits for its next record: what is read is applied, and told, while a slow topic goes on.
const LINGER: Duration = Duration::from_millis(500);

/// One topic from its oldest record on.
#[derive(Clone)]
pub struct Source {
    /// Reads this topic alone.
    pub tail: Arc<dyn RecordTail>,
    /// Offsets between its start and its end when it was opened: for progress only.
    pub backlog: u64,
}

/// What a rebuild reads. To compare with a live database, open `control` first: what the others hold is then at least
/// as new.
#[derive(Clone)]
pub struct Sources {
    /// `connection-state`.
    pub state: Source,
    /// What devices say on their data channel.
    pub data: Source,
    /// What devices say on their control channel, and signals.
    pub control: Source,
    /// Who was shut out when: in the database only, and so taken from the one that a rebuild is compared with, or that
    /// is filled.
    pub blocks: Arc<dyn BlockReader>,
}

/// A source on its way.
pub(super) struct Reading {
    phase: Phase,
    source: Source,
    observer: Arc<dyn Observer>,
    batch: usize,
    begun: bool,
    caught_up: bool,
    /// Offset after the last record read, per partition.
    next: HashMap<i32, i64>,
    /// Offsets of the batch handed out, told when the next is asked for.
    handed_out: u64,
}

/// Why a batch is no longer waited for.
enum Wait {
    Item(TailItem),
    Quiet,
}

impl Reading {
    pub(super) fn new(
        phase: Phase,
        source: Source,
        observer: Arc<dyn Observer>,
        batch: usize,
    ) -> Self {
        let starts = source.tail.start_offsets().into_iter().flatten();
        Self {
            phase,
            next: (0..).zip(starts).collect(),
            source,
            observer,
            batch: batch.max(1),
            begun: false,
            caught_up: false,
            handed_out: 0,
        }
    }

    /// The next records; nothing when all that was there at opening has been read. The records of one call before are
    /// applied.
    pub(super) async fn until_caught_up(
        &mut self,
        shutdown: &CancellationToken,
    ) -> Result<Option<Vec<IncomingRecord>>, RebuildError> {
        if !self.begun {
            self.begun = true;
            self.observer.begins(self.phase, self.source.backlog);
        }
        self.tell();
        while !self.caught_up {
            let records = self.read(LINGER, shutdown).await?;
            if !records.is_empty() {
                return Ok(Some(records));
            }
        }
        self.observer.ends(self.phase);
        Ok(None)
    }

    /// The next records; nothing when none came for `quiet`, or from `deadline` on: a busy topic is never silent.
    pub(super) async fn until_quiet(
        &mut self,
        quiet: Duration,
        deadline: Instant,
        shutdown: &CancellationToken,
    ) -> Result<Option<Vec<IncomingRecord>>, RebuildError> {
        self.tell();
        if Instant::now() >= deadline {
            return Ok(None);
        }
        let records = self.read(quiet, shutdown).await?;
        Ok((!records.is_empty()).then_some(records))
    }

    fn tell(&mut self) {
        if self.handed_out > 0 {
            self.observer.advances(self.phase, self.handed_out);
            self.handed_out = 0;
        }
    }

    async fn read(
        &mut self,
        linger: Duration,
        shutdown: &CancellationToken,
    ) -> Result<Vec<IncomingRecord>, RebuildError> {
        let (mut records, mut bytes) = (Vec::new(), 0);
        while records.len() < self.batch && bytes < BATCH_BYTES {
            match self.wait(linger, shutdown).await? {
                Wait::Item(TailItem::Record(record)) => {
                    self.advance(&record);
                    bytes += record.value.as_ref().map_or(0, bytes::Bytes::len);
                    records.push(record);
                }
                Wait::Item(TailItem::CaughtUp) => {
                    self.caught_up = true;
                    break;
                }
                Wait::Quiet => break,
            }
        }
        Ok(records)
    }

    async fn wait(
        &self,
        linger: Duration,
        shutdown: &CancellationToken,
    ) -> Result<Wait, RebuildError> {
        let item: Result<Result<TailItem, LogError>, _> = tokio::select! {
            biased;
            () = shutdown.cancelled() => return Err(RebuildError::Interrupted),
            item = timeout(linger, self.source.tail.next()) => item,
        };
        match item {
            Ok(item) => Ok(Wait::Item(item?)),
            Err(_) => Ok(Wait::Quiet),
        }
    }

    /// Offsets may have gaps: compaction leaves them.
    fn advance(&mut self, record: &IncomingRecord) {
        let after = record.offset.saturating_add(1);
        let next = self.next.entry(record.partition).or_insert(record.offset);
        self.handed_out += u64::try_from(after.saturating_sub(*next)).unwrap_or(0);
        *next = after.max(*next);
    }
}
