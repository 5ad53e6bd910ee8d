//! A simulated device: what an agent does on the wire, over real MQTT with mutual TLS.
//!
//! Used by `cloud-connector device`, by tests and by load tests. It connects with a clean session, leaves a last will,
//! reports itself online, answers `ping` with a pong and messages for its workers with the same content, obeys `reconnect`
//! and `disconnect`, sends what it is given to report, and says a clean offline when stopped.

mod answer;
mod device;
mod identity;
mod link;
mod report;
mod status;

pub use device::{Device, Observer, Quiet, Stop};
pub use identity::{Identity, IdentityError, Profile};
pub use report::Report;
