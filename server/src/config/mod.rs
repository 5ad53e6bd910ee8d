//! Settings: embedded defaults, then a file, then the environment.
//!
//! `config.default.toml` names every key; one that is not in it, or a value of another type, stops the start with the
//! key, the value and what is allowed.

mod check;
mod environment;
mod error;
mod load;
mod masked;
mod section;

pub use error::ConfigError;
pub use load::{DEFAULTS, load};
pub use section::{
    Auth, Config, Database, Http, Kafka, Lifecycle, Limits, Log, LogFormat, Management, Mqtt,
    Protocol, SaslMechanism, Security, Tenancy, Topics,
};
