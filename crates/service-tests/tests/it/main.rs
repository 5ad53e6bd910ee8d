//! The roles as separate processes on real services: `scripts/services run cargo test -p connector-service-tests
//! --features service-tests`.

#![allow(clippy::unwrap_used, reason = "a test may end")]

mod access;
mod database;
mod existing_service;
mod lifecycle;
mod round_trip;

use connector_testkit::{Client, eventually};

/// Waits until the API shows a device in a state.
async fn until_state(client: &Client, client_id: &str, state: &str) {
    let what = format!("{client_id} is {state}");
    let look = || client.connection(client_id);
    eventually(&what, look, |seen| seen["state"] == state).await;
}
