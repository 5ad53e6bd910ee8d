//! Reads what the checker judges.

mod database;
mod dump;
mod log;

pub use database::{Database, Unfinished};
pub use dump::difference;
pub use log::{Log, Marks};
