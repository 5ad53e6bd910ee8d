//! Connection records: one writer, many readers.

mod account;
mod filter;
mod history;
mod labels;
mod ledger;
mod page;
mod progress;
mod reader;
mod record;
mod restorer;
mod row;
mod stats;
mod tenant;
