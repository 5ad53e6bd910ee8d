//! Everything the platform needs around it, inside one process: an MQTT broker with mutual TLS, a
//! Kafka, and the certificate authority that lets devices and services in. Used by the all-in-one
//! role and by tests; a real deployment brings its own.
//!
//! What is kept here lives in memory: sessions, queued messages and Kafka records are gone when the
//! process ends.

pub mod authority;
pub mod broker;
pub mod kafka;

pub use authority::{Authority, AuthorityError, IssuedCertificate};
pub use broker::{Bouncer, Broker, BrokerCertificates, BrokerError, BrokerOptions};
pub use kafka::{EmbeddedKafka, EmbeddedKafkaError};
