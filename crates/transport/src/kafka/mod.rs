//! The log over librdkafka: appending ([`Producer`]), reading as a member of a group ([`GroupConsumer`]), reading
//! everything ([`Tail`]), being the only one ([`GroupLease`]), and checking that the topics exist ([`verify_topics`],
//! [`await_topics`]).
//!
//! Each consumer is polled by a thread of its own, so that its membership never depends on how busy the async runtime
//! or the database is; what it read waits in a queue bounded in number and bytes.

mod context;
mod failure;
mod group;
mod incoming;
mod lease;
mod metadata;
mod producer;
mod queue;
mod renewal;
mod security;
mod settings;
mod tail;
mod topics;

pub use group::{GroupConsumer, GroupOptions, Vitals};
pub use lease::{GroupLease, LeaseOptions};
pub use metadata::verify_topics;
pub use producer::{Producer, ProducerOptions};
pub use security::{Mechanism, Sasl, Security, Tls};
pub use settings::Settings;
pub use tail::Tail;
pub use topics::{Patience, await_topics, verify_record_size};
