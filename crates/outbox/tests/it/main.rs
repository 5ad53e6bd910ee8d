//! The outbox over an in-memory store, a broker that answers as told, and a log that keeps what it gets.

mod fake;
mod sending;
