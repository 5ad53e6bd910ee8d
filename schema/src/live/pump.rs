//! Reads the events topics into the hub.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use connector_domain::port::{IncomingRecord, LogError, RecordTail, TailItem};
use tracing::{info, warn};

use super::LiveEvents;
use super::event::Event;
use super::hub::Hub;
use super::position::Position;
use super::ring::Entry;

/// Pause after an error that waiting may cure.
const PAUSE: Duration = Duration::from_secs(1);

/// What an entry takes beside its text.
const ENTRY_OVERHEAD: usize = 512;

impl LiveEvents {
    /// Reads the events topics until `shutdown`, then ends every stream. Waits through outages; an error is something
    /// an operator has to act on.
    pub async fn run(
        &self,
        tail: Arc<dyn RecordTail>,
        shutdown: impl Future<Output = ()> + Send,
    ) -> Result<(), LogError> {
        let pump = Pump::open(&self.0, tail);
        tokio::select! {
            () = shutdown => Ok(()),
            result = pump.run() => result,
        }
    }
}

struct Pump {
    hub: Arc<Hub>,
    tail: Arc<dyn RecordTail>,
    /// Topics with the index of their first partition and how many they have.
    topics: Vec<(String, usize, i32)>,
}

impl Drop for Pump {
    fn drop(&mut self) {
        self.hub.close();
    }
}

impl Pump {
    fn open(hub: &Arc<Hub>, tail: Arc<dyn RecordTail>) -> Self {
        let mut first = 0;
        let mut topics = Vec::new();
        for (topic, count) in tail.partitions() {
            topics.push((topic.clone(), first, *count));
            first += usize::try_from(*count).unwrap_or(0);
        }
        hub.ready.send_replace(false);
        hub.open(Position {
            log_id: Arc::from(tail.log_id()),
            next: tail.start_offsets().into_iter().flatten().collect(),
        });
        Self {
            hub: Arc::clone(hub),
            tail,
            topics,
        }
    }

    async fn run(&self) -> Result<(), LogError> {
        loop {
            match self.tail.next().await {
                Ok(TailItem::Record(record)) => self.take(&record),
                Ok(TailItem::CaughtUp) => {
                    info!("live events are read up to now");
                    self.hub.ready.send_replace(true);
                }
                Err(LogError::Unavailable(problem)) => {
                    warn!(%problem, "the events topics cannot be read");
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn take(&self, record: &IncomingRecord) {
        let Some(partition) = self.partition(record) else {
            return;
        };
        let event = record.value.as_deref().map(Event::read);
        let mut state = self.hub.state();
        let Some(next) = state.position.next.get_mut(partition) else {
            return;
        };
        if record.offset < *next {
            return;
        }
        *next = record.offset + 1;
        match event {
            None => {}
            Some(Err(problem)) => warn!(
                %problem,
                kafka.topic = record.topic,
                kafka.partition = record.partition,
                kafka.offset = record.offset,
                "a record of an events topic is left out"
            ),
            Some(Ok(event)) => {
                let id = event.id();
                if state.ring.knows(&id) {
                    return;
                }
                let cursor: Arc<str> = Arc::from(state.position.encode());
                let text = record.value.as_ref().map_or(0, Bytes::len);
                let entry = Arc::new(Entry {
                    event,
                    id,
                    partition,
                    offset: record.offset,
                    at: record.timestamp,
                    bytes: text + cursor.len() + ENTRY_OVERHEAD,
                    cursor,
                });
                state.publish(&entry);
                state
                    .ring
                    .push(entry, &self.hub.options, self.hub.clock.now());
            }
        }
    }

    /// The record's partition, counted over all topics.
    fn partition(&self, record: &IncomingRecord) -> Option<usize> {
        let (_, first, count) = self
            .topics
            .iter()
            .find(|(topic, _, _)| *topic == record.topic)?;
        let within = (0..*count).contains(&record.partition);
        let index = usize::try_from(record.partition).ok()?;
        within.then(|| first + index)
    }
}
