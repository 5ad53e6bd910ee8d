//! The store on SQLite: one file, one machine, up to about 20,000 devices.
//!
//! Used by `all-in-one` and by tests. Implements every store port of the domain crate; the contract suite in
//! `connector-store-memory` says what that means. What a write returned as done is on disk (`synchronous = FULL`). All
//! writes go through one connection, so that none waits for another's lock inside SQLite; reads have a small pool and
//! never wait for a write (WAL).

mod audit;
mod batch;
mod block;
mod columns;
mod connection;
mod error;
mod message;
mod migrate;
mod pages;
mod pool;
mod predicate;

pub use migrate::SchemaError;
pub use pool::{OpenError, SqliteStore};
