//! The audit trail.

mod filter;
mod ledger;
mod reader;
mod row;

pub(crate) use ledger::insert;
