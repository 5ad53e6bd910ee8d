//! Settings: embedded defaults, then a file, then the environment.
//!
//! `config.default.toml` names every key; one that is not in it, or a value of another type, stops the start with the
//! key, the value and what is allowed.

mod address;
mod check;
mod environment;
mod error;
mod load;
mod masked;
mod section;
mod tenancy;

pub use address::DatabaseAddress;
pub use error::ConfigError;
pub use load::{DEFAULTS, load};
pub use section::{
    Auth, Config, Database, Http, Identity, Jwks, Kafka, Lifecycle, Limits, Log, LogFormat,
    Management, Mqtt, Protocol, SaslMechanism, Security, Topics,
};
pub use tenancy::{Tenancy, TenancyKind, TenantCache, TenantGateway, TenantRetry};
