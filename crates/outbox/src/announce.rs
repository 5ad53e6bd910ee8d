//! Tells everyone about a step of a message, on the topic of message events.

use std::time::Duration;

use bytes::Bytes;
use connector_domain::event::message_moved;
use connector_domain::message::Moved;
use connector_domain::port::{AppendError, OutgoingRecord, RecordLog};
use tracing::warn;

/// How long a producer's full queue is waited for before the event is left to the job that repeats untold ones.
const QUEUE_PATIENCE: Duration = Duration::from_millis(20);

/// Appends the event and waits for its delivery. False when it was not delivered; the step then stays unmarked and a
/// job tells it again.
pub(crate) async fn announce(log: &dyn RecordLog, topic: &str, moved: &Moved) -> bool {
    let record = match record_of(topic, moved) {
        Ok(record) => record,
        Err(error) => {
            warn!(%error, message.id = %moved.message.message_id, "a message event cannot be written");
            return false;
        }
    };
    let delivery = match log.append(record) {
        Err(AppendError::QueueFull(record)) => {
            tokio::time::sleep(QUEUE_PATIENCE).await;
            log.append(*record)
        }
        queued => queued,
    };
    let delivered = match delivery {
        Ok(delivery) => delivery.await.map(|_| ()),
        Err(error) => Err(error),
    };
    if let Err(error) = &delivered {
        warn!(%error, kafka.topic = topic, message.id = %moved.message.message_id, "a message event is not delivered yet");
    }
    delivered.is_ok()
}

fn record_of(topic: &str, moved: &Moved) -> Result<OutgoingRecord, serde_json::Error> {
    let value = serde_json::to_vec(&message_moved(moved))?;
    let key = Bytes::copy_from_slice(moved.message.client_id.as_str().as_bytes());
    Ok(OutgoingRecord {
        topic: topic.to_owned(),
        key: Some(key),
        headers: vec![("content-type", "application/cloudevents+json".to_owned())],
        value: Some(Bytes::from(value)),
    })
}
