//! Signs of life of a member of a group.

use std::collections::BTreeSet;
use std::time::Duration;

/// What a watchdog needs to tell a consumer that silently stopped from one that has nothing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vitals {
    /// Since the polling thread last went round; it does several times a second.
    pub poll_age: Duration,
    /// Records that came in and wait for their reader.
    pub queued: usize,
    /// So many wait that nothing more is read.
    pub is_full: bool,
    /// That has lasted, and partitions are paused.
    pub is_paused: bool,
    /// Topics and partitions of what waits.
    pub waiting: BTreeSet<(String, i32)>,
    /// The group gave us our share, be it nothing.
    pub is_member: bool,
    /// Why it will never read again.
    pub fatal: Option<String>,
}
