//! What the Kafka consumer is given.

use std::sync::Arc;
use std::time::Duration;

use connector_domain::clock::Clock;
use connector_domain::port::{
    BatchLimit, BlockReader, ConnectionLedger, MessageLedger, RecordConsumer, RecordLog,
    TenantDirectory,
};
use connector_domain::scope::IngestScope;
use connector_domain::wire::TopicPrefix;

/// Names of Kafka topics.
#[derive(Debug, Clone)]
pub struct Topics {
    /// Read: what devices say on their control channel, and signals. Written: signals.
    pub control: String,
    /// Read: what devices say on their data channel.
    pub data: String,
    /// Written: changes of connection records.
    pub connection_events: String,
    /// Written: connection records, compacted.
    pub connection_state: String,
    /// Written: steps of messages.
    pub message_events: String,
    /// Written: what cannot be processed.
    pub dead_letter: String,
}

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct Options {
    /// Levels of a device's topics before its client id.
    pub topic_prefix: TopicPrefix,
    /// Names of topics.
    pub topics: Topics,
    /// How much is read at once. A wait of at most a second keeps progress fresh.
    pub batch: BatchLimit,
    /// How long shutdown waits for the batch at hand.
    pub drain: Duration,
}

/// What it works with.
#[derive(Clone)]
pub struct Ports {
    /// The ingress topics, as one of the group.
    pub consumer: Arc<dyn RecordConsumer>,
    /// Where events go.
    pub log: Arc<dyn RecordLog>,
    /// Connection records.
    pub connections: Arc<dyn ConnectionLedger>,
    /// Messages.
    pub messages: Arc<dyn MessageLedger>,
    /// Who is shut out.
    pub blocks: Arc<dyn BlockReader>,
    /// Whose devices are.
    pub tenants: Arc<dyn TenantDirectory>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The right to write.
    pub scope: IngestScope,
}
