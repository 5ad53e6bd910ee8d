//! Whose devices are: the adapters of [`connector_domain::port::TenantDirectory`].
//!
//! Composed by the server and asked by the Kafka consumer, once per batch of records. Three directories: one default
//! tenant for every device ([`DefaultDirectory`]), a map in a file ([`FileDirectory`]), and a gateway over HTTP with mutual
//! TLS ([`GatewayDirectory`]). Promises:
//! - A lookup never fails and, where a gateway is asked, never takes longer than the time set for a batch, whatever the
//!   gateway does. What is late goes on in the background and is known the next time.
//! - Only what is sure takes a tenant away: *unknown* is what the settings list and nothing else, and trusted only while a
//!   hundredth or less of all answers is *unknown*; every other trouble is *unavailable*.
//! - Client ids are logged, identities and bodies never.

mod chance;
mod default_tenant;
mod file;
mod gateway;
mod lock;
mod settings;
mod share;
mod watch;

pub use default_tenant::DefaultDirectory;
pub use file::{FileDirectory, MapFileError};
pub use gateway::{
    BreakerSettings, CacheSettings, Endpoint, EndpointError, Fault, GatewayDirectory,
    GatewaySettings, Patience, UnknownAnswer, UnknownAnswerError,
};
pub use settings::{OpenError, Settings, Source};
