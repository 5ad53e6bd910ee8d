//! The thread that polls.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::Offset;
use rdkafka::consumer::Consumer;
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::message::BorrowedMessage;
use tracing::{debug, warn};

use super::super::failure::log_error;
use super::super::incoming::{incoming, size};
use super::super::renewal::Renewal;
use super::membership::Membership;
use super::shared::Shared;
use crate::lock::lock;

/// Longest wait for a record, for room, and so for anything else that is to be done.
const MOMENT: Duration = Duration::from_millis(50);

/// How long a seek may take before it is tried again.
const SEEK: Duration = Duration::from_secs(2);

/// Polls until told to stop, then commits what is done and leaves the group.
pub(super) struct Poller {
    membership: Membership,
    renewal: Renewal,
    shared: Arc<Shared>,
    /// How long the queue may be full before partitions are paused.
    pause_after: Duration,
    full_since: Option<Instant>,
    paused: bool,
    /// The assignment whose partitions were seen not to be paused.
    generation: u64,
}

impl Poller {
    pub(super) fn new(
        membership: Membership,
        renewal: Renewal,
        shared: Arc<Shared>,
        pause_after: Duration,
    ) -> Self {
        Self {
            membership,
            renewal,
            shared,
            pause_after,
            full_since: None,
            paused: false,
            generation: 0,
        }
    }

    pub(super) fn run(mut self) {
        while !self.shared.is_stopped() {
            self.shared.polled.beat();
            self.renew();
            self.wake_what_came_back();
            self.seek();
            if self.shared.wait_for_room(MOMENT) {
                self.full_since = None;
                self.resume();
                self.poll(MOMENT);
            } else if self.full_since.get_or_insert_with(Instant::now).elapsed() >= self.pause_after
            {
                self.pause();
                if self.poll(Duration::ZERO) {
                    // A partition that came meanwhile is not paused.
                    self.set_paused(false);
                }
            }
        }
        self.membership.end();
    }

    /// With new certificates there is a new client.
    fn renew(&mut self) {
        if self.renewal.is_due().is_some()
            && let Err(error) = self.membership.renew()
        {
            self.renewal.is_not_done();
            lock(&self.shared.state).failure = Some(log_error(&error));
            self.shared.ready.notify_one();
        }
    }

    /// Serves callbacks and takes one record. True when there was one.
    fn poll(&self, patience: Duration) -> bool {
        match self.membership.consumer().poll(patience) {
            None => false,
            Some(polled) => self.polled(polled),
        }
    }

    fn polled(&self, polled: KafkaResult<BorrowedMessage<'_>>) -> bool {
        let mut state = lock(&self.shared.state);
        let is_record = match polled {
            Ok(message) => {
                let record = incoming(&message);
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
                .membership
                .consumer()
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

    /// A partition that was taken away while it was paused is still paused when it comes back, and nothing would be read
    /// of it any more.
    fn wake_what_came_back(&mut self) {
        let generation = lock(&self.shared.state).assignment.generation();
        if generation != self.generation {
            self.paused = true;
            self.resume();
            if !self.paused {
                self.generation = generation;
            }
        }
    }

    fn pause(&mut self) {
        if self.paused {
            return;
        }
        let consumer = self.membership.consumer();
        match consumer.assignment().and_then(|ours| consumer.pause(&ours)) {
            Ok(()) => self.set_paused(true),
            Err(error) => warn!(%error, "partitions cannot be paused"),
        }
    }

    fn resume(&mut self) {
        if !self.paused {
            return;
        }
        let consumer = self.membership.consumer();
        match consumer
            .assignment()
            .and_then(|ours| consumer.resume(&ours))
        {
            Ok(()) => self.set_paused(false),
            Err(error) => warn!(%error, "partitions cannot be resumed"),
        }
    }

    fn set_paused(&mut self, paused: bool) {
        self.paused = paused;
        lock(&self.shared.state).is_paused = paused;
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
