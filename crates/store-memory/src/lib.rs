//! The store in memory, for tests of what works on a store, and [`contract`]: what every store must do.
//!
//! [`MemoryStore`] behaves: it folds, pages and filters by the domain's own rules and forgets everything when dropped.

mod audit;
mod block;
mod connection;
pub mod contract;
mod list;
mod message;
pub mod sample;
mod store;

pub use store::MemoryStore;
