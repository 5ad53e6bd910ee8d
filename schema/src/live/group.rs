//! Subscribers that want the same.

use std::sync::Arc;

use connector_domain::scope::Scope;
use tokio::sync::broadcast;

use super::hub::Hub;
use super::interest::Interest;
use super::ring::Entry;
use super::stats::StatsShare;

/// One group: what it is told, and how many listen.
pub(super) struct Group {
    pub sender: broadcast::Sender<Arc<Entry>>,
    pub stats: Arc<StatsShare>,
    pub members: usize,
}

impl Group {
    pub fn new(backlog: usize) -> Self {
        Self {
            sender: broadcast::Sender::new(backlog),
            stats: Arc::new(StatsShare::default()),
            members: 0,
        }
    }
}

/// Belonging to a group. The last member to leave takes the group along.
pub(crate) struct Membership {
    pub(super) hub: Arc<Hub>,
    pub(super) scope: Scope,
    pub(super) interest: Interest,
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.hub.leave(&self.scope, &self.interest);
    }
}
