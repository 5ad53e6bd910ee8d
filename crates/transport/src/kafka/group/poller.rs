//! The thread that polls.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rdkafka::Offset;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::message::BorrowedMessage;
use tracing::{debug, warn};

use super::super::failure::log_error;
use super::super::incoming::{incoming, size};
use super::shared::{GroupContext, Shared};
use crate::lock::lock;

/// Longest wait for a record, for room, and so for anything else that is to be done.
const MOMENT: Duration = Duration::from_millis(50);

/// A reader that takes nothing for this long is waiting for its database: partitions are paused, and polling goes on to
/// keep the membership. Pausing throws away what was fetched, so it is not done for less.
const PAUSE_AFTER: Duration = Duration::from_secs(10);

/// How long a seek may take before it is tried again.
const SEEK: Duration = Duration::from_secs(2);

/// Polls until told to stop, then commits what is done and leaves the group.
pub(super) struct Poller {
    pub(super) consumer: Arc<BaseConsumer<GroupContext>>,
    pub(super) shared: Arc<Shared>,
    full_since: Option<Instant>,
    paused: bool,
}

impl Poller {
    pub(super) fn new(consumer: Arc<BaseConsumer<GroupContext>>, shared: Arc<Shared>) -> Self {
        Self {
            consumer,
            shared,
            full_since: None,
            paused: false,
        }
    }

    pub(super) fn run(mut self) {
        while !self.shared.is_stopped() {
            lock(&self.shared.state).polled = Instant::now();
            self.seek();
            if self.shared.wait_for_room(MOMENT) {
                self.full_since = None;
                self.resume();
                self.poll(MOMENT);
            } else if self.full_since.get_or_insert_with(Instant::now).elapsed() >= PAUSE_AFTER {
                self.pause();
                if self.poll(Duration::ZERO) {
                    // A partition that came meanwhile is not paused.
                    self.paused = false;
                }
            }
        }
        leave(self.consumer);
    }

    /// Serves callbacks and takes one record. True when there was one.
    fn poll(&self, patience: Duration) -> bool {
        match self.consumer.poll(patience) {
            None => false,
            Some(polled) => self.polled(polled),
        }
    }

    fn polled(&self, polled: KafkaResult<BorrowedMessage<'_>>) -> bool {
        let mut state = lock(&self.shared.state);
        let is_record = match polled {
            Ok(message) => {
                let record = incoming(&message);
                state.received = Instant::now();
                if state.assignment.accepts(&record) {
                    state.queue.push(size(&record), record);
                }
                true
            }
            Err(error) => {
                if !passes_by_itself(&error) {
                    state.failure = Some(log_error(&error));
                }
                false
            }
        };
        drop(state);
        self.shared.ready.notify_one();
        is_record
    }

    /// Seeks where a rewind asked for it. Done here, between polls, so that nothing read before is taken for something
    /// read after.
    fn seek(&self) {
        let to_seek = lock(&self.shared.state).assignment.to_seek();
        for (place, offset) in to_seek {
            let (topic, partition) = &place;
            match self
                .consumer
                .seek(topic, *partition, Offset::Offset(offset), SEEK)
            {
                Ok(()) => {
                    lock(&self.shared.state).assignment.sought(&place);
                    self.shared.sought.notify_waiters();
                }
                Err(error) => {
                    debug!(%error, kafka.topic = topic, kafka.partition = partition, "a seek is tried again");
                }
            }
        }
    }

    fn pause(&mut self) {
        if self.paused {
            return;
        }
        match self
            .consumer
            .assignment()
            .and_then(|ours| self.consumer.pause(&ours))
        {
            Ok(()) => self.paused = true,
            Err(error) => warn!(%error, "partitions cannot be paused"),
        }
    }

    fn resume(&mut self) {
        if !self.paused {
            return;
        }
        match self
            .consumer
            .assignment()
            .and_then(|ours| self.consumer.resume(&ours))
        {
            Ok(()) => self.paused = false,
            Err(error) => warn!(%error, "partitions cannot be resumed"),
        }
    }
}

/// Dropping the consumer commits what is stored and leaves the group; only whoever holds it alone drops it.
fn leave(mut consumer: Arc<BaseConsumer<GroupContext>>) {
    loop {
        match Arc::try_unwrap(consumer) {
            Ok(alone) => return drop(alone),
            Err(shared) => {
                thread::sleep(Duration::from_millis(5));
                consumer = shared;
            }
        }
    }
}

/// Loss of one connection, which librdkafka mends: counted, not told.
fn passes_by_itself(error: &KafkaError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(
            RDKafkaErrorCode::BrokerTransportFailure
                | RDKafkaErrorCode::Resolve
                | RDKafkaErrorCode::OperationTimedOut
                | RDKafkaErrorCode::PartitionEOF
        )
    )
}
