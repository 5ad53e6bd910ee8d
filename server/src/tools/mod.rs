//! Commands that are not roles: each prints what it is asked for, alone, on stdout.

pub mod certs;
pub mod device;
pub mod doctor;
pub mod migrate;
pub mod token;
