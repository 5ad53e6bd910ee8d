//! The consumers on the in-memory store and on fakes that behave: a log that keeps records, an inbox that redelivers
//! nothing by itself, a store that can be away or refuse.

mod blocked;
mod conservation;
mod dead_letters;
mod fake;
mod jobs;
mod kafka;
mod mqtt;
mod nasty;
mod rebuild;
mod recovery;
mod replay;
mod standby;
mod story;
mod tenants;
