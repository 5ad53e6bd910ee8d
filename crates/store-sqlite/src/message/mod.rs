//! Messages to and from devices, with their timelines.

mod answer;
mod due;
mod filter;
mod key;
mod ledger;
mod page;
mod reader;
mod record;
mod row;
mod sender;
mod transition;
