//! The store on PostgreSQL: many replicas, up to a million devices.
//!
//! Used by the separate roles in production. Implements every store port of the domain crate; the contract suite in
//! `connector-store-memory` says what that means.
//!
//! Readers and senders say their scope to the server too: [`transaction`]. Several processes write at once. Whoever changes a device's record first locks its row of `connection_liveness`,
//! devices in the order of their ids; two that make the same new row find out by its key and the later one does its
//! whole transaction again. A batch is a fixed number of statements over arrays, whatever its size. Nothing waits
//! for ever: statements, transactions left open and whole calls have their times, and what runs out is `Unavailable`.

mod audit;
mod block;
mod call;
mod columns;
mod connection;
mod error;
mod message;
mod migrate;
mod options;
mod pages;
mod pool;
mod predicate;
mod rows;
mod transaction;

pub use migrate::SchemaError;
pub use options::Options;
pub use pool::{OpenError, PostgresStore};
