//! The MQTT side: what devices publish, and publishing to them.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

/// Proof that one delivery was received, to be given back when it is durable. Belongs to one connection to the broker:
/// after a reconnect it has no effect, and the broker delivers again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Which connection to the broker, counted from 1.
    pub generation: u64,
    /// Which delivery on it, counted from 1; 0 for QoS 0, which needs no acknowledgement.
    pub number: u64,
}

/// One publish of a device, as delivered by the broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Full topic.
    pub topic: String,
    /// Payload; may be empty.
    pub payload: Bytes,
    /// Packet id; 0 for QoS 0. It does not tell deliveries apart: a broker that has more out than there are packet ids
    /// gives one twice.
    pub packet_id: u16,
    /// Give it to [`DeviceInbox::acknowledge`].
    pub receipt: Receipt,
}

/// Why nothing more is delivered.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// It was closed on purpose.
    #[error("the link to the broker is closed")]
    Closed,
    /// Something that waiting does not cure, e.g. refused credentials.
    #[error("the broker refuses us: {0}")]
    Refused(String),
    /// Another connection uses our client id: what comes now is its. Nothing connects again by itself.
    #[error("another connection uses our client id")]
    TakenOver,
}

/// What devices publish, in the order the broker delivers it. At most a fixed number of deliveries are out and not
/// acknowledged: withholding acknowledgements is the way to slow the broker down.
#[async_trait]
pub trait DeviceInbox: Send + Sync {
    /// The next delivery. Waits through losses of the connection. Safe to cancel.
    async fn next(&self) -> Result<Delivery, LinkError>;

    /// Tells the broker that a delivery is ours now. Call in the order of delivery. Does not wait.
    fn acknowledge(&self, receipt: Receipt);

    /// Whether there is a connection to the broker with our subscriptions now.
    fn is_connected(&self) -> bool;

    /// Disconnects cleanly; the session, and what it buffers, stays at the broker.
    async fn close(&self);
}

/// What became of one publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublishOutcome {
    /// The broker has it.
    Acknowledged,
    /// The broker has it and says that nobody takes it (MQTT 5, reason 0x10).
    NoMatchingSubscribers,
    /// The broker refused it.
    Refused(String),
    /// It was never handed to the broker: there is no connection, or the client's queue is full.
    NotSent,
    /// It was handed over, and no acknowledgement came in time: it may or may not arrive.
    Unconfirmed,
}

/// Publishes to devices, QoS 1, not retained. Never sends again by itself.
#[async_trait]
pub trait DevicePublisher: Send + Sync {
    /// Publishes and waits for the acknowledgement, at most `deadline`. A later acknowledgement of a publish that ended
    /// [`PublishOutcome::Unconfirmed`] is told by `late`.
    async fn publish(
        &self,
        topic: &str,
        payload: Bytes,
        deadline: Duration,
        late: Box<dyn FnOnce(PublishOutcome) + Send>,
    ) -> PublishOutcome;

    /// Whether there is a connection to the broker now.
    fn is_connected(&self) -> bool;
}
