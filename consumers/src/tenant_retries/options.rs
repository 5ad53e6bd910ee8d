//! What looking up again is given.

use std::sync::Arc;
use std::time::Duration;

use connector_domain::clock::Clock;
use connector_domain::port::{ConnectionLedger, RecordConsumer, RecordLog, TenantDirectory};
use connector_domain::scope::IngestScope;

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct Options {
    /// Written: signals.
    pub control_topic: String,
    /// How often devices are looked up that there was no answer for.
    pub pending_every: Duration,
    /// How often devices are looked up that the directory did not know.
    pub others_every: Duration,
    /// Most devices of a kind looked up in one round; the next goes on where it ended.
    pub limit: u16,
}

/// What it works with.
#[derive(Clone)]
pub struct Ports {
    /// The ingress topics, as one of the group.
    pub consumer: Arc<dyn RecordConsumer>,
    /// Where signals go.
    pub log: Arc<dyn RecordLog>,
    /// Connection records, to be read.
    pub connections: Arc<dyn ConnectionLedger>,
    /// Whose devices are.
    pub tenants: Arc<dyn TenantDirectory>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The right to read without a tenant.
    pub scope: IngestScope,
}
