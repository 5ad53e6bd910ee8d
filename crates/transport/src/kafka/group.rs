//! Reading as a member of a group, for the Kafka consumer.
//!
//! Promises: records go out in offset order per partition; an offset is committed only after `done`, only for a
//! partition that is ours, never backwards; when partitions are taken away, what waits of them is dropped. Membership
//! is kept while the reader is busy or its database is away.
//!
//! Partitions are assigned in ranges and all at once: a device's records on two topics with the same number of
//! partitions meet in one member, and the existing service, which balances the same way, may be in the same group.

mod assignment;
mod heartbeat;
mod membership;
mod poller;
mod shared;
mod vitals;

use std::collections::HashMap;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use connector_domain::port::{BatchLimit, IncomingRecord, LogEnds, LogError, RecordConsumer};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::{Offset, TopicPartitionList};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use self::assignment::Standing;
use self::membership::Membership;
use self::poller::Poller;
use self::shared::{GroupContext, Shared};
pub use self::vitals::Vitals;
use super::failure::log_error;
use super::metadata::blocking;
use super::renewal::Renewal;
use super::settings::Settings;
use crate::lock::lock;

/// For logs and metrics.
const NAME: &str = "group";

/// How long the log may take to answer one question.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often the topics are looked at. Where they are made anew, a group that met in between divides what there was then,
/// and the rest is nobody's until it is noticed: five minutes by default.
const TOPICS_LOOKED_AT_MS: &str = "10000";

/// How long a rewind, or leaving, may take.
const LONG_PATIENCE: Duration = Duration::from_secs(15);

/// Which group, and what it reads.
#[derive(Debug, Clone)]
pub struct GroupOptions {
    /// Name of the group.
    pub group_id: String,
    /// Topics it reads.
    pub topics: Vec<String>,
    /// A member that is silent for this long loses its partitions.
    pub session_timeout: Duration,
    /// A reader that takes nothing for this long is waiting for its database: partitions are paused, and polling goes on
    /// to keep the membership. Pausing throws away what was fetched, so it is not done for less.
    pub pause_after: Duration,
}

impl GroupOptions {
    /// Options with a session timeout of 15 s and a pause after 10 s.
    pub fn new(group_id: impl Into<String>, topics: Vec<String>) -> Self {
        Self {
            group_id: group_id.into(),
            topics,
            session_timeout: Duration::from_secs(15),
            pause_after: Duration::from_secs(10),
        }
    }
}

/// A member of a group.
pub struct GroupConsumer {
    shared: Arc<Shared>,
    left: CancellationToken,
}

impl GroupConsumer {
    /// Starts to join; [`is_member`](Self::is_member) tells when that is done.
    pub fn join(settings: &Settings, options: &GroupOptions) -> Result<Self, LogError> {
        let session = options.session_timeout;
        let heartbeat = (session / 10).clamp(Duration::from_millis(100), Duration::from_secs(3));
        let (session, heartbeat) = (
            session.as_millis().to_string(),
            heartbeat.as_millis().to_string(),
        );
        let mut own = vec![
            ("enable.auto.commit", "true"),
            ("auto.commit.interval.ms", "1000"),
            ("topic.metadata.refresh.interval.ms", TOPICS_LOOKED_AT_MS),
        ];
        // In the newer protocol the brokers decide these (KIP-848), and the client refuses them.
        if settings
            .properties
            .get("group.protocol")
            .is_none_or(|protocol| protocol != "consumer")
        {
            own.extend([
                ("partition.assignment.strategy", "range"),
                ("session.timeout.ms", session.as_str()),
                ("heartbeat.interval.ms", heartbeat.as_str()),
            ]);
        }
        let config = settings.consumer_config(&options.group_id, &own);
        let shared = Arc::new(Shared::new());
        let renewal = Renewal::new(NAME, settings);
        let membership = Membership::new(config, options.topics.clone(), shared.clone())
            .map_err(|error| log_error(&error))?;
        let this = Self {
            shared: shared.clone(),
            left: CancellationToken::new(),
        };
        let left = this.left.clone().drop_guard();
        let pause_after = options.pause_after;
        let run = move || {
            Poller::new(membership, renewal, shared, pause_after).run();
            drop(left);
        };
        let named = thread::Builder::new().name("kafka-group".to_owned());
        named
            .spawn(run)
            .map_err(|error| LogError::Unavailable(error.to_string()))?;
        Ok(this)
    }

    /// Whether the group gave us our share, be it nothing.
    pub fn is_member(&self) -> bool {
        lock(&self.shared.state).assignment.is_member()
    }

    /// Topic and partition of what is ours now.
    pub fn assignment(&self) -> Vec<(String, i32)> {
        lock(&self.shared.state).assignment.places()
    }

    /// Signs of life, for those who watch over it. Waits for nothing.
    pub fn vitals(&self) -> Vitals {
        let fatal = self.shared.consumer().and_then(|consumer| {
            let fatal = consumer.client().fatal_error();
            fatal.map(|(code, reason)| format!("{code:?}: {reason}"))
        });
        // Not under the lock, which a thread that hangs may hold.
        let poll_age = self.shared.polled.age();
        let state = lock(&self.shared.state);
        let queued = state.queue.iter();
        Vitals {
            poll_age,
            queued: state.queue.len(),
            is_full: state.queue.is_full(),
            is_paused: state.is_paused,
            waiting: queued
                .map(|record| (record.topic.clone(), record.partition))
                .collect(),
            is_member: state.assignment.is_member(),
            fatal,
        }
    }

    fn consumer(&self) -> Result<Arc<BaseConsumer<GroupContext>>, LogError> {
        let consumer = self.shared.consumer();
        consumer.ok_or_else(|| LogError::Unavailable("the consumer is closed".to_owned()))
    }

    /// Waits until so much waits in the queue, at most until then. False when the time is over.
    async fn wait_for(&self, items: usize, bytes: usize, until: Instant) -> Result<bool, LogError> {
        loop {
            {
                let mut state = lock(&self.shared.state);
                if let Some(failure) = state.failure.take() {
                    return Err(failure);
                }
                if state.queue.holds(items, bytes) {
                    return Ok(true);
                }
            }
            if self.left.is_cancelled() {
                return Err(LogError::Unavailable("the consumer is closed".to_owned()));
            }
            tokio::select! {
                waited = timeout_at(until, self.shared.ready.notified()) => {
                    if waited.is_err() {
                        return Ok(false);
                    }
                }
                () = self.left.cancelled() => {}
            }
        }
    }
}

impl Drop for GroupConsumer {
    fn drop(&mut self) {
        self.shared.stop();
    }
}

#[async_trait]
impl RecordConsumer for GroupConsumer {
    async fn next(&self, limit: BatchLimit) -> Result<Vec<IncomingRecord>, LogError> {
        if !self
            .wait_for(1, usize::MAX, Instant::now() + limit.wait)
            .await?
        {
            return Ok(Vec::new());
        }
        let records = limit.records.max(1);
        self.wait_for(records, limit.bytes, Instant::now() + limit.linger)
            .await?;
        let mut state = lock(&self.shared.state);
        let taken = state.queue.take(records, limit.bytes);
        for record in &taken {
            state.assignment.give(record);
        }
        drop(state);
        self.shared.taken();
        Ok(taken)
    }

    fn done(&self, records: &[(String, i32, i64)]) -> Result<(), LogError> {
        // Held over the call: partitions cannot be taken away in between.
        let mut state = lock(&self.shared.state);
        let places = records
            .iter()
            .map(|(topic, partition, offset)| ((topic.clone(), *partition), *offset));
        let ours: Vec<_> = places
            .filter(|(place, _)| state.assignment.holds(place))
            .collect();
        if ours.is_empty() {
            return Ok(());
        }
        let consumer = self.consumer()?;
        let mut next = HashMap::new();
        for (place, offset) in ours {
            if let Some(offset) = state.assignment.done(&place, offset) {
                next.insert(place, Offset::Offset(offset));
            }
        }
        if next.is_empty() {
            return Ok(());
        }
        TopicPartitionList::from_topic_map(&next)
            .and_then(|offsets| consumer.store_offsets(&offsets))
            .map_err(|error| log_error(&error))
    }

    fn holds(&self, topic: &str, partition: i32) -> bool {
        let places = self.assignment();
        places
            .iter()
            .any(|place| place.0 == topic && place.1 == partition)
    }

    async fn ends(&self) -> Result<LogEnds, LogError> {
        let consumer = self.consumer()?;
        let standings = lock(&self.shared.state).assignment.standings();
        let (partitions, starts) = blocking(move || ends_of(&consumer, standings)).await?;
        let mut state = lock(&self.shared.state);
        for (standing, start) in starts {
            state.assignment.note_start(&standing, start);
        }
        Ok(LogEnds { partitions })
    }

    async fn rewind(&self) -> Result<(), LogError> {
        {
            let mut state = lock(&self.shared.state);
            state.assignment.rewind();
            let shared::State {
                assignment, queue, ..
            } = &mut *state;
            queue.retain(|record| {
                !assignment.is_rewinding(&(record.topic.clone(), record.partition))
            });
        }
        self.shared.taken();
        let sought = async {
            loop {
                let sought = self.shared.sought.notified();
                if lock(&self.shared.state).assignment.to_seek().is_empty() {
                    return;
                }
                sought.await;
            }
        };
        // Until the seek succeeds nothing of these partitions goes out, so that giving up here loses nothing.
        timeout(LONG_PATIENCE, sought)
            .await
            .map_err(|_| LogError::Unavailable("partitions cannot be read again yet".to_owned()))
    }

    async fn close(&self) {
        self.shared.stop();
        if timeout(LONG_PATIENCE, self.left.cancelled()).await.is_err() {
            warn!(
                "leaving the group takes too long: what is done since the last commit is read again"
            );
        }
    }
}

/// End and next offset of each partition, and those starts that had to be asked for.
type Ends = (Vec<(String, i32, i64, i64)>, Vec<(Standing, i64)>);

fn ends_of(
    consumer: &BaseConsumer<GroupContext>,
    standings: Vec<Standing>,
) -> Result<Ends, LogError> {
    let failed = |error| log_error(&error);
    let mut committed = TopicPartitionList::new();
    for standing in &standings {
        if standing.next.is_none() {
            let (topic, partition) = &standing.place;
            committed.add_partition(topic, *partition);
        }
    }
    if committed.count() > 0 {
        committed = consumer
            .committed_offsets(committed, PATIENCE)
            .map_err(failed)?;
    }
    let (mut partitions, mut starts) = (Vec::new(), Vec::new());
    for standing in standings {
        let (topic, partition) = standing.place.clone();
        let (low, high) = consumer
            .fetch_watermarks(&topic, partition, PATIENCE)
            .map_err(failed)?;
        // What retention removed before we came to it does not come any more.
        let next = standing.next.map(|next| next.max(low));
        let next = next.unwrap_or_else(|| {
            let committed = committed.find_partition(&topic, partition);
            let start = match committed.map(|found| found.offset()) {
                Some(Offset::Offset(offset)) => offset.clamp(low, high),
                _ => low,
            };
            starts.push((standing, start));
            start
        });
        partitions.push((topic, partition, high, next));
    }
    Ok((partitions, starts))
}
