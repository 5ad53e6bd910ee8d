//! MQTT and Kafka adapters, and the embedded broker and Kafka.

pub mod embedded;
mod files;
pub mod kafka;
mod lock;
pub mod mqtt;
