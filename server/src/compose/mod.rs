//! Where concrete adapters are named: what roles and commands work with is put together here.

mod authorities;
mod checks;
mod embedded;
mod endpoints;
mod store;

pub use authorities::Authorities;
pub use checks::{BrokerCheck, DatabaseCheck, EventsCheck, HolderCheck, LogCheck};
pub use embedded::Embedded;
pub use endpoints::{Endpoints, MqttRole, configured_kafka};
pub use store::{StoreOpenError, open_migrated_store, open_store};
