//! Messages.

mod answer;
mod ledger;
mod reader;
mod sender;
mod timeline;
