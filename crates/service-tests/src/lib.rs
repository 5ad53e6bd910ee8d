//! The roles as separate processes against a real Mosquitto, Kafka and database, for tests.
//!
//! `scripts/services` runs the services and says where they are; a [`Stack`] runs the roles on them.

mod database;
mod kcat;
mod role;
mod services;
mod stack;

pub use database::Database;
pub use kcat::{Record, Seen};
pub use role::{Role, Settings, binary};
pub use services::{Service, Services};
pub use stack::{Stack, StackOptions};
