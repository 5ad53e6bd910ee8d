//! The server: command line, roles, settings, authentication and the HTTP edge. The only crate that names concrete
//! adapters.

pub mod auth;
pub mod cli;
pub mod compose;
pub mod config;
pub mod demo;
pub mod http;
pub mod lifecycle;
pub mod liveness;
mod rate;
pub mod roles;
pub mod telemetry;
mod tools;
