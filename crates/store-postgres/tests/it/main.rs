//! The store on PostgreSQL: the contract of stores, and what a server that many processes share adds to it.
//!
//! Needs a server: `CONNECTOR_TEST_POSTGRES_URL` names one and a user who may make databases and roles. Every test has a
//! database of its own there.

mod contract;
mod database;
mod owner;
mod plans;
mod processes;
mod racing;
mod sample;
mod server;
mod wall;
