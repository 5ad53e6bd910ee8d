//! What the polling thread and the reader share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::time::Duration;

use connector_domain::port::{IncomingRecord, LogError};
use rdkafka::ClientContext;
use rdkafka::TopicPartitionList;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, Rebalance, RebalanceProtocol};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use tokio::sync::Notify;
use tracing::{error, info, warn};

use super::super::context::Context;
use super::super::queue::{Queue, Room};
use super::assignment::{Assignment, Place};
use super::heartbeat::Heartbeat;
use crate::lock::lock;

/// Under one lock, so that a record, its partition and what was done about it agree.
pub(super) struct State {
    pub(super) assignment: Assignment,
    pub(super) queue: Queue<IncomingRecord>,
    /// To be told with the next read.
    pub(super) failure: Option<LogError>,
    /// Partitions are paused until there is room.
    pub(super) is_paused: bool,
}

pub(super) struct Shared {
    pub(super) state: Mutex<State>,
    /// Owned by the thread that polls, which leaves the group by dropping it.
    consumer: Mutex<Weak<BaseConsumer<GroupContext>>>,
    /// The polling thread goes round.
    pub(super) polled: Heartbeat,
    /// Something came in.
    pub(super) ready: Notify,
    /// A rewind went on.
    pub(super) sought: Notify,
    /// Something was taken out.
    room: Condvar,
    stop: AtomicBool,
}

impl Shared {
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                assignment: Assignment::default(),
                queue: Queue::new(Room::CONSUMER),
                failure: None,
                is_paused: false,
            }),
            consumer: Mutex::default(),
            polled: Heartbeat::new(),
            ready: Notify::new(),
            sought: Notify::new(),
            room: Condvar::new(),
            stop: AtomicBool::new(false),
        }
    }

    /// The client that is a member; none while it leaves.
    pub(super) fn consumer(&self) -> Option<Arc<BaseConsumer<GroupContext>>> {
        lock(&self.consumer).upgrade()
    }

    pub(super) fn joins(&self, consumer: &Arc<BaseConsumer<GroupContext>>) {
        *lock(&self.consumer) = Arc::downgrade(consumer);
    }

    /// The client is about to leave the group: nothing more can be done about what was ours.
    pub(super) fn leaves(&self) {
        *lock(&self.consumer) = Weak::new();
        let all = lock(&self.state).assignment.places();
        self.forget(&all, false);
    }

    /// Waits a moment for room in the queue. False when there is none.
    pub(super) fn wait_for_room(&self, patience: Duration) -> bool {
        let state = lock(&self.state);
        if !state.queue.is_full() {
            return true;
        }
        let waited = self.room.wait_timeout(state, patience);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !state.queue.is_full()
    }

    pub(super) fn taken(&self) {
        self.room.notify_all();
    }

    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        self.room.notify_all();
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    fn assigned(&self, partitions: &TopicPartitionList) {
        let places = places(partitions);
        info!(partitions = places.len(), "the group assigned partitions");
        let mut state = lock(&self.state);
        state.assignment.assign(places.into_iter());
        rebalanced("assigned", &state.assignment);
    }

    fn revoked(&self, places: &[Place], why: Revoked) {
        info!(partitions = places.len(), "the group revoked partitions");
        self.forget(places, matches!(why, Revoked::Part));
        rebalanced(why.as_str(), &lock(&self.state).assignment);
    }

    /// These are not ours any more. What is in work elsewhere will be done by whoever has them next.
    fn forget(&self, places: &[Place], stays: bool) {
        let mut state = lock(&self.state);
        state.assignment.revoke(places, stays);
        let State {
            assignment, queue, ..
        } = &mut *state;
        queue.retain(|record| assignment.holds(&(record.topic.clone(), record.partition)));
        drop(state);
        self.sought.notify_waiters();
        self.taken();
    }
}

/// Why partitions are taken away.
#[derive(Debug, Clone, Copy)]
enum Revoked {
    /// All are given out anew.
    All,
    /// Some go to others; we stay a member with the rest.
    Part,
    /// We were silent for too long.
    Lost,
    /// The group cannot be balanced.
    Failed,
}

impl Revoked {
    fn by(consumer: &BaseConsumer<GroupContext>) -> Self {
        match consumer.rebalance_protocol() {
            _ if consumer.assignment_lost() => Self::Lost,
            RebalanceProtocol::Cooperative => Self::Part,
            RebalanceProtocol::Eager | RebalanceProtocol::None => Self::All,
        }
    }

    /// Value of the label `kind`.
    fn as_str(self) -> &'static str {
        match self {
            Self::All | Self::Part => "revoked",
            Self::Lost => "lost",
            Self::Failed => "failed",
        }
    }
}

/// Context of the consumer: keeps the assignment. librdkafka itself commits what is stored when partitions go.
pub(super) struct GroupContext {
    pub(super) client: Context,
    pub(super) shared: Arc<Shared>,
}

impl ClientContext for GroupContext {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, text: &str) {
        self.client.log(level, facility, text);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.client.error(error, reason);
    }
}

impl ConsumerContext for GroupContext {
    fn commit_callback(&self, result: KafkaResult<()>, _: &TopicPartitionList) {
        match result {
            Ok(()) | Err(KafkaError::ConsumerCommit(RDKafkaErrorCode::NoOffset)) => {}
            Err(error) => {
                warn!(%error, "offsets are not committed: what is done may be read again");
            }
        }
    }

    fn pre_rebalance(&self, consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        match rebalance {
            Rebalance::Assign(partitions) => self.shared.assigned(partitions),
            Rebalance::Revoke(partitions) => {
                let why = Revoked::by(consumer);
                self.shared.revoked(&places(partitions), why);
            }
            Rebalance::Error(error) => {
                error!(%error, "the group cannot be balanced");
                let all = lock(&self.shared.state).assignment.places();
                self.shared.revoked(&all, Revoked::Failed);
            }
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "a gauge needs no more")]
fn rebalanced(kind: &'static str, assignment: &Assignment) {
    metrics::counter!("connector_consumer_rebalances_total", "kind" => kind).increment(1);
    let partitions = assignment.places().len();
    metrics::gauge!("connector_consumer_partitions").set(partitions as f64);
}

fn places(partitions: &TopicPartitionList) -> Vec<Place> {
    let elements = partitions.elements();
    let places = elements
        .iter()
        .map(|element| (element.topic().to_owned(), element.partition()));
    places.collect()
}
