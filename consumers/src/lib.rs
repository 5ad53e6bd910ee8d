//! The consumers: what devices say goes from MQTT to Kafka ([`mqtt_consumer`]), and from Kafka to the database and to
//! the events topics ([`kafka_consumer`]). [`tenant_retries`] looks for the tenants of devices that wait for one, [`jobs`]
//! picks up what a crash left of messages to devices. [`rebuild`] and [`dead_letters`] are the work of two commands.
//!
//! The server starts each of the others as a task of a role. Everything outside is reached through the ports of the domain, so this
//! crate knows no broker, no Kafka client and no database. Each consumer acknowledges upstream only what is durable
//! downstream, and goes on after any message a device can send.

mod backoff;
mod dead_letter;
pub mod dead_letters;
pub mod jobs;
pub mod kafka_consumer;
mod log_writer;
pub mod mqtt_consumer;
pub mod rebuild;
mod rejection;
mod signal_record;
pub mod tenant_retries;
mod unix_time;
