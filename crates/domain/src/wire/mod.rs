//! What goes over MQTT and Kafka, byte for byte compatible with the existing service and its device agent.

mod envelope;
mod header;
mod outgoing;
mod signal;
mod topic;

pub use envelope::{Envelope, EnvelopeError, WireKind};
pub use header::{DATE_RECEIVED, MQTT_MESSAGE_ID, SIGNAL, TOPIC};
pub use outgoing::{command_payload, data_payload};
pub use signal::{InvalidSignal, Signal, SignalKind};
pub use topic::{Channel, InvalidTopic, TopicPrefix};
