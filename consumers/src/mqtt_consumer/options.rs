//! What the MQTT consumer is given.

use std::sync::Arc;
use std::time::Duration;

use connector_domain::clock::Clock;
use connector_domain::port::{DeviceInbox, RecordLog};
use connector_domain::wire::{Channel, TopicPrefix};

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct Options {
    /// Levels of a device's topics before its client id.
    pub topic_prefix: TopicPrefix,
    /// Kafka topic of what comes on `control/out`.
    pub control_topic: String,
    /// Kafka topic of what comes on `data/out`.
    pub data_topic: String,
    /// Kafka topic of what cannot be written there.
    pub dead_letter_topic: String,
    /// Most messages read and not acknowledged.
    pub max_in_flight: usize,
    /// Most bytes of them; one message always passes.
    pub max_in_flight_bytes: usize,
    /// How long shutdown waits for outstanding delivery reports.
    pub drain: Duration,
}

impl Options {
    /// The Kafka topic of a channel.
    pub(super) fn ingress_topic(&self, channel: Channel) -> &str {
        match channel {
            Channel::Control => &self.control_topic,
            Channel::Data => &self.data_topic,
        }
    }
}

/// What it works with.
#[derive(Clone)]
pub struct Ports {
    /// What devices publish.
    pub inbox: Arc<dyn DeviceInbox>,
    /// Where records go.
    pub log: Arc<dyn RecordLog>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}
