//! The outbox over an in-memory store, a broker that answers as told, and a log that keeps what it gets.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod fake;
mod sending;
