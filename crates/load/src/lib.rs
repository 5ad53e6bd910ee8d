//! A fleet of simulated devices over real MQTT with mutual TLS, for load tests and the fault suite.
//!
//! Each device numbers what it says, status and data messages together, from 1. Promises:
//! - What it says goes out in the order of the numbers, one connection at a time, at `QoS` 1.
//! - A number counts as acknowledged only when the broker has acknowledged its message. What is not acknowledged when a
//!   link ends is sent again on the next one, marked as a duplicate, before anything new.
//! - It says the truth about itself: online on each new link, a clean offline when told to go, and nothing at all when
//!   told to vanish, so that the broker publishes its last will. [`Truth`] is what the platform should come to show.
//! - It remembers every message that came for it, and answers those for its `echo` worker with a number of its own.
//!
//! While the broker is away it says nothing new: the number of messages waiting is bounded ([`Options::window`]).

mod device;
mod fleet;
mod identities;
mod incoming;
mod latency;
mod link;
mod memory;
mod options;
mod window;
mod words;

pub use fleet::{Fleet, Member, Wish};
pub use identities::{IdentitiesError, identities};
pub use latency::{Latencies, Summary};
pub use memory::{Kind, Memory, Received, Said, Truth};
pub use options::Options;
