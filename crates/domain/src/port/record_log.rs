//! The Kafka side: appending records, reading them as one of a group, and reading them all.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::future::BoxFuture;

use crate::stamp::Stamp;

/// A record to append. The partition follows from the key (`fnv1a`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingRecord {
    /// Topic.
    pub topic: String,
    /// Key, usually a client id.
    pub key: Option<Bytes>,
    /// Headers, in order.
    pub headers: Vec<(&'static str, String)>,
    /// Value; `None` is a tombstone.
    pub value: Option<Bytes>,
}

/// Where a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogPosition {
    /// Partition.
    pub partition: i32,
    /// Offset.
    pub offset: i64,
}

/// Why a record is not in the log.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AppendError {
    /// The producer's queue is full: wait and append it again.
    #[error("the producer's queue is full")]
    QueueFull(Box<OutgoingRecord>),
    /// It is larger than the log will ever take.
    #[error("the record is too large")]
    TooLarge,
    /// Not acknowledged in time, or the log is away; it may still be written.
    #[error("the log is unavailable: {0}")]
    Unavailable(String),
}

/// Outcome of one append.
pub type AppendResult = Result<LogPosition, AppendError>;

/// Appends records: idempotent, all replicas, in the order of calls per key.
#[async_trait]
pub trait RecordLog: Send + Sync {
    /// Queues a record at once, which fixes its order, and returns what to wait on for its delivery report. Dropping
    /// that does not take the record back.
    fn append(
        &self,
        record: OutgoingRecord,
    ) -> Result<BoxFuture<'static, AppendResult>, AppendError>;

    /// Waits until everything appended is delivered or has failed.
    async fn flush(&self, deadline: Duration) -> Result<(), LogError>;

    /// Whether the log answers.
    async fn ping(&self) -> Result<(), LogError>;

    /// Drops what is queued: for a process that lost the right to append. Whoever appended it learns that it is
    /// [`AppendError::Unavailable`]; what is on its way may still be written. Nothing where nothing is queued.
    fn purge(&self) {}
}

/// Error of the log as a whole.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// It is away or slow: try again.
    #[error("the log is unavailable: {0}")]
    Unavailable(String),
    /// It refuses us, or a topic is missing: an operator has to act.
    #[error("the log refuses: {0}")]
    Refused(String),
}

/// A record as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingRecord {
    /// Topic.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// Offset.
    pub offset: i64,
    /// The record's own Kafka timestamp.
    pub timestamp: Stamp,
    /// Key.
    pub key: Option<Bytes>,
    /// Headers, in order; values that are not UTF-8 are left out.
    pub headers: Vec<(String, String)>,
    /// Value.
    pub value: Option<Bytes>,
}

impl IncomingRecord {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }
}

/// How much to read at once.
#[derive(Debug, Clone, Copy)]
pub struct BatchLimit {
    /// Most records.
    pub records: usize,
    /// Most bytes of keys and values, save that one record always passes.
    pub bytes: usize,
    /// How long to wait for the first record.
    pub wait: Duration,
    /// How long to go on collecting after it.
    pub linger: Duration,
}

/// The last offsets of what this member reads.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogEnds {
    /// Topic, partition, offset of the next record to be written, offset of the next record to be read by us.
    pub partitions: Vec<(String, i32, i64, i64)>,
}

/// Reads as a member of a group: each partition is one member's at a time.
#[async_trait]
pub trait RecordConsumer: Send + Sync {
    /// The next records, in offset order per partition; empty when none came in time. Safe to cancel: records not
    /// returned come with the next call.
    async fn next(&self, limit: BatchLimit) -> Result<Vec<IncomingRecord>, LogError>;

    /// Remembers that everything up to and including these records is done. Partitions that are no longer ours are
    /// left alone.
    fn done(&self, records: &[(String, i32, i64)]) -> Result<(), LogError>;

    /// Whether this partition is ours, as far as is known here and now.
    fn holds(&self, topic: &str, partition: i32) -> bool;

    /// The ends of the partitions that are ours now.
    async fn ends(&self) -> Result<LogEnds, LogError>;

    /// Reads these partitions again from their last `done`, dropping what was fetched: after a batch that could not be
    /// applied.
    async fn rewind(&self) -> Result<(), LogError>;

    /// Leaves the group after storing what is done.
    async fn close(&self);
}

/// Where a tail starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TailStart {
    /// The oldest record kept.
    Oldest,
    /// Records of about this long ago.
    Ago(Duration),
}

/// One thing a tail tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TailItem {
    /// A record.
    Record(IncomingRecord),
    /// Everything that was in the log when the tail was opened has been told. Comes once.
    CaughtUp,
}

/// Reads every partition of some topics, without a group, for as long as it lives.
#[async_trait]
pub trait RecordTail: Send + Sync {
    /// The next item. Waits through outages. Safe to cancel.
    async fn next(&self) -> Result<TailItem, LogError>;

    /// Names this log: other offsets belong to another one. The cluster id; embedded, random per start.
    fn log_id(&self) -> &str;

    /// Topic and partition count of what is read, in the order asked.
    fn partitions(&self) -> &[(String, i32)];

    /// Offset of the first record this tail gives, per topic (in the order asked) and partition.
    fn start_offsets(&self) -> Vec<Vec<i64>>;
}
