//! Connection records: one writer, many readers.

mod account;
mod filter;
mod history;
mod labels;
mod ledger;
mod liveness;
mod lock;
mod page;
mod progress;
mod reader;
mod record;
mod restorer;
mod row;
mod state_change;
mod stats;
mod tenant;
mod touch;
mod writing;
