//! Signs of life of a member of a group.

use std::time::Duration;

/// What a watchdog needs to tell a consumer that silently stopped from one that has nothing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vitals {
    /// Since the polling thread last went round; it does several times a second.
    pub poll_age: Duration,
    /// Since a record last came in, or partitions were assigned.
    pub record_age: Duration,
    /// Records wait for their reader: nothing needs to come in.
    pub is_waiting: bool,
    /// The group gave us our share, be it nothing.
    pub is_member: bool,
    /// Why it will never read again.
    pub fatal: Option<String>,
}
