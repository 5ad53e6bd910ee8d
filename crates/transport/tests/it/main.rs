//! Integration tests of the transport crate, one module per subject.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails where it fails; the helpers around the tests too"
)]

mod embedded_authority;
mod embedded_broker;
mod embedded_kafka;
mod support;
