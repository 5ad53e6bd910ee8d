//! Connection records.

mod account;
mod ledger;
mod reader;
mod restorer;
mod stats;
