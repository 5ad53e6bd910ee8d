//! Settings of the live events.

use std::time::Duration;

/// What an operator may set.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Most bytes kept to resume from, about.
    pub ring_bytes: usize,
    /// How long events are kept to resume from.
    pub ring_age: Duration,
    /// Most events that wait for a slow subscriber; older ones are dropped for it. Rounded up to a power of two.
    pub backlog: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            ring_bytes: 64 * 1024 * 1024,
            ring_age: Duration::from_mins(10),
            backlog: 1024,
        }
    }
}
