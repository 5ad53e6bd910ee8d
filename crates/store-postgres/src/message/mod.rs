//! Messages to and from devices, with their timelines.

mod arrival;
mod due;
mod filter;
mod insertion;
mod ledger;
mod page;
mod reader;
mod reception;
mod record;
mod row;
mod sender;
mod timeline;
mod transition;
