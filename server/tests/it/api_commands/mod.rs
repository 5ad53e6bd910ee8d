//! `connections` and `messages`, as people and scripts run them: the real binary as a client of a platform.

mod listing;
mod refusals;
mod sending;
mod shell;
mod watching;

use connector_testkit::{Client, eventually};

async fn online(client: &Client, client_id: &str) {
    eventually(
        "the device is online",
        || client.connection(client_id),
        |seen| seen["state"] == "ONLINE",
    )
    .await;
}
