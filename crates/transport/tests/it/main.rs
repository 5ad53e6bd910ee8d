//! Integration tests of the transport crate, one module per subject.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails where it fails; the helpers around the tests too"
)]

mod embedded_authority;
mod embedded_broker;
mod embedded_kafka;
mod kafka_group;
mod kafka_lease;
mod kafka_log;
mod kafka_rebalance;
mod kafka_tail;
mod kafka_topics;
mod link_broker;
mod mqtt_certificates;
mod mqtt_inbox;
mod mqtt_publisher;
#[cfg(feature = "service-tests")]
mod real_kafka;
#[cfg(feature = "service-tests")]
mod real_kafka_certificates;
mod scripted_broker;
mod support;
