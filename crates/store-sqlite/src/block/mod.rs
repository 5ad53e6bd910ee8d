//! Blocks of client ids.

mod ledger;
mod reader;
mod row;
