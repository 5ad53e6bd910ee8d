//! The thread that polls, and what it hands over.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use connector_domain::port::{LogError, TailItem};
use rdkafka::consumer::Consumer;
use tokio::sync::Notify;
use tokio_util::sync::DropGuard;
use tracing::{debug, warn};

use super::super::failure::log_error;
use super::super::incoming::{incoming, size};
use super::super::queue::{Queue, Room};
use super::super::renewal::{Renewal, let_go};
use super::super::settings::Settings;
use super::gap::{Stretch, empty_stretches};
use super::opening::{Client, Opened, Positions};
use crate::lock::lock;

/// Longest wait for a record or for room.
const MOMENT: Duration = Duration::from_millis(100);

/// How often a log that is silent before the tail has caught up is asked whether anything is left.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// What was read and not taken yet.
pub(super) struct Tray {
    queue: Mutex<Queue<Result<TailItem, LogError>>>,
    ready: Notify,
    room: Condvar,
    stop: AtomicBool,
}

impl Tray {
    pub(super) fn new() -> Self {
        Self {
            queue: Mutex::new(Queue::new(Room::CONSUMER)),
            ready: Notify::new(),
            room: Condvar::new(),
            stop: AtomicBool::new(false),
        }
    }

    pub(super) async fn next(&self) -> Result<TailItem, LogError> {
        loop {
            let next = lock(&self.queue).pop();
            if let Some(next) = next {
                self.room.notify_all();
                return next;
            }
            self.ready.notified().await;
        }
    }

    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        self.room.notify_all();
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    fn put(&self, bytes: usize, item: Result<TailItem, LogError>) {
        lock(&self.queue).push(bytes, item);
        self.ready.notify_one();
    }

    fn wait_for_room(&self) -> bool {
        let queue = lock(&self.queue);
        if !queue.is_full() {
            return true;
        }
        let waited = self.room.wait_timeout(queue, MOMENT);
        let (queue, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !queue.is_full()
    }
}

/// Starts the thread; it ends when the tray is stopped, and tells so by dropping `ended`.
pub(super) fn start(opened: Opened, tray: Arc<Tray>, ended: DropGuard) -> Result<(), LogError> {
    let poller = Poller {
        settings: opened.settings,
        renewal: opened.renewal,
        client: opened.client,
        cluster_id: opened.cluster_id,
        positions: opened.positions,
        goals: opened.goals,
        caught_up: false,
        silent_since: Instant::now(),
        tray,
    };
    let named = thread::Builder::new().name("kafka-tail".to_owned());
    named
        .spawn(move || {
            poller.run();
            drop(ended);
        })
        .map(|_| ())
        .map_err(|error| LogError::Unavailable(error.to_string()))
}

/// Whether it is still the one we began with.
#[derive(PartialEq, Eq)]
enum Log {
    Same,
    Another,
}

struct Poller {
    settings: Settings,
    renewal: Renewal,
    client: Client,
    /// Where the cluster named the log.
    cluster_id: Option<String>,
    positions: Positions,
    goals: BTreeMap<(String, i32), Stretch>,
    caught_up: bool,
    /// When a record last came, or it was last asked why none comes.
    silent_since: Instant,
    tray: Arc<Tray>,
}

impl Poller {
    fn run(mut self) {
        while !self.tray.is_stopped() {
            if self.renew() == Log::Another || self.client.context.is_another_log() {
                let reason = "the log was made anew: its offsets mean nothing any more".to_owned();
                return self.tray.put(0, Err(LogError::Refused(reason)));
            }
            self.tell_caught_up();
            if self.tray.wait_for_room() {
                self.poll();
            }
        }
    }

    /// With new certificates there is a new client, which goes on where this one is. It does not know by itself which log
    /// this one read.
    fn renew(&mut self) -> Log {
        let Some(accepted) = self.renewal.is_due() else {
            return Log::Same;
        };
        if self
            .cluster_id
            .as_ref()
            .is_some_and(|known| *known != accepted.cluster_id)
        {
            return Log::Another;
        }
        let renewed = Client::new(&self.settings).and_then(|client| {
            client.assign(&self.positions)?;
            Ok(client)
        });
        match renewed {
            Ok(client) => let_go(std::mem::replace(&mut self.client, client)),
            Err(error) => {
                warn!(%error, "the tail goes on with its former certificates");
                self.renewal.is_not_done();
            }
        }
        Log::Same
    }

    fn poll(&mut self) {
        match self.client.consumer.poll(MOMENT) {
            None => self.ask_again(),
            Some(Ok(message)) => {
                let record = incoming(&message);
                let place = (record.topic.clone(), record.partition);
                let next = record.offset + 1;
                if let Some(position) = self.positions.get_mut(&place) {
                    *position = next;
                }
                self.silent_since = Instant::now();
                self.tray.put(size(&record), Ok(TailItem::Record(record)));
                if let Some(stretch) = self.goals.get_mut(&place) {
                    stretch.next = next;
                    if next >= stretch.end {
                        self.goals.remove(&place);
                    }
                }
            }
            Some(Err(error)) => match log_error(&error) {
                refused @ LogError::Refused(_) => self.tray.put(0, Err(refused)),
                LogError::Unavailable(reason) => debug!(reason, "the log is away"),
            },
        }
    }

    fn tell_caught_up(&mut self) {
        if !self.caught_up && self.goals.is_empty() {
            self.caught_up = true;
            self.tray.put(0, Ok(TailItem::CaughtUp));
        }
    }

    /// Some offsets are never told: records that retention deletes while we read, and what is no record.
    fn ask_again(&mut self) {
        if self.goals.is_empty() || self.silent_since.elapsed() < ASK_AGAIN {
            return;
        }
        let mut topics: BTreeMap<&str, BTreeMap<i32, Stretch>> = BTreeMap::new();
        for ((topic, partition), stretch) in &self.goals {
            let found = self
                .client
                .consumer
                .fetch_watermarks(topic, *partition, ASK_AGAIN);
            let Ok((low, _)) = found else {
                // It is away.
                self.silent_since = Instant::now();
                return;
            };
            let next = stretch.next.max(low).min(stretch.end);
            let stretch = Stretch { next, ..*stretch };
            topics.entry(topic).or_default().insert(*partition, stretch);
        }
        let mut reached = Vec::new();
        for (topic, stretches) in topics {
            match empty_stretches(&self.settings, topic, &stretches) {
                Ok(empty) => reached.extend(
                    empty
                        .into_iter()
                        .map(|partition| (topic.to_owned(), partition)),
                ),
                Err(error) => debug!(%error, kafka.topic = topic, "the end is not known yet"),
            }
        }
        for place in reached {
            self.goals.remove(&place);
        }
        self.silent_since = Instant::now();
    }
}
