//! Sends messages to devices: stores, publishes, waits for the broker, records what came of it and tells everyone.
//!
//! Called by the mutations of the API and by the job that picks up what a crashed sender left. A publish is never
//! repeated by itself: whoever holds the message's lease publishes it once, and what is not confirmed in time is
//! UNCONFIRMED, never success.

mod announce;
mod audit;
mod blocking;
mod outbox;

pub use audit::log_entry;
pub use outbox::{Options, Outbox, OutboxError, Ports, Sent};
