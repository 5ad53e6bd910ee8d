//! Ports that behave as a test tells them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_domain::port::{
    AppendError, AppendResult, DevicePublisher, LogError, LogPosition, OutgoingRecord,
    PublishOutcome, RecordLog,
};
use futures::future::BoxFuture;

/// Told later what became of a publish.
type Late = Box<dyn FnOnce(PublishOutcome) + Send>;

/// A broker: gives the outcomes it was told, in order, and keeps what was published.
#[derive(Default)]
pub struct Broker {
    pub outcomes: Mutex<VecDeque<PublishOutcome>>,
    pub published: Mutex<Vec<(String, Bytes)>>,
    pub deadlines: Mutex<Vec<Duration>>,
    pub late: Mutex<Vec<Late>>,
}

impl Broker {
    pub fn answering(outcomes: impl IntoIterator<Item = PublishOutcome>) -> Arc<Self> {
        Arc::new(Self {
            outcomes: Mutex::new(outcomes.into_iter().collect()),
            ..Self::default()
        })
    }
}

#[async_trait]
impl DevicePublisher for Broker {
    async fn publish(
        &self,
        topic: &str,
        payload: Bytes,
        deadline: Duration,
        late: Late,
    ) -> PublishOutcome {
        self.deadlines.lock().unwrap().push(deadline);
        self.published
            .lock()
            .unwrap()
            .push((topic.to_owned(), payload));
        self.late.lock().unwrap().push(late);
        self.outcomes
            .lock()
            .unwrap()
            .pop_front()
            .expect("an outcome for every publish")
    }

    fn is_connected(&self) -> bool {
        true
    }
}

/// A log: keeps records, or refuses them while it is down.
#[derive(Default)]
pub struct Log {
    pub records: Mutex<Vec<OutgoingRecord>>,
    pub down: Mutex<bool>,
}

#[async_trait]
impl RecordLog for Log {
    fn append(
        &self,
        record: OutgoingRecord,
    ) -> Result<BoxFuture<'static, AppendResult>, AppendError> {
        if *self.down.lock().unwrap() {
            return Ok(Box::pin(async {
                Err(AppendError::Unavailable("down".to_owned()))
            }));
        }
        self.records.lock().unwrap().push(record);
        Ok(Box::pin(async {
            Ok(LogPosition {
                partition: 0,
                offset: 0,
            })
        }))
    }

    async fn flush(&self, _deadline: Duration) -> Result<(), LogError> {
        Ok(())
    }

    async fn ping(&self) -> Result<(), LogError> {
        Ok(())
    }
}
