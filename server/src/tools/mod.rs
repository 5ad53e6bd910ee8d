//! Commands that are not roles: each prints what it is asked for, alone, on stdout.

pub mod api;
pub mod certs;
pub mod dead_letters;
pub mod device;
pub mod devices;
pub mod doctor;
mod log;
pub mod migrate;
mod printable;
pub mod psk;
pub mod rebuild;
mod signal;
pub mod token;
