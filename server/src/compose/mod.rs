//! Where concrete adapters are named: what roles and commands work with is put together here.

mod authorities;
mod checks;
mod database;
mod embedded;
mod endpoints;
mod migration;
mod patience;
mod store;
mod tenancy;
mod topics;

pub use authorities::Authorities;
pub use checks::{BrokerCheck, DatabaseCheck, EventsCheck, HolderCheck, KeysCheck, LogCheck};
pub use database::{Database, Store};
pub use embedded::Embedded;
pub use endpoints::{Endpoints, MqttRole, configured_kafka};
pub use migration::migrate_command;
pub use store::{
    StoreOpenError, open_existing_store, open_migrated_store, open_store, pending_migrations,
    wait_for_store,
};
pub use tenancy::{TenancyError, open_tenants, tenancy_settings};
pub use topics::await_kafka;
