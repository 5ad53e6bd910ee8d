//! The directories as the consumer asks them, the gateway's over a real HTTP server on this machine.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails where it fails; what surrounds the tests too"
)]

mod answers;
mod caching;
mod certificates;
mod gateway;
mod looking_again;
mod map_file;
mod outage;
mod pki;

use std::future::Future;
use std::time::Duration;

use connector_domain::account::Account;
use connector_domain::id::{AccountNumber, ClientId, OrgId};
use connector_domain::stamp::Stamp;
use connector_domain::tenant::{Denial, TenantLookup};
use tokio::time::{sleep, timeout};

/// Longest that anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

fn id(text: &str) -> ClientId {
    ClientId::parse(text).unwrap()
}

fn account(org: &str, number: &str) -> Account {
    Account {
        org_id: OrgId::parse(org).unwrap(),
        account_number: (!number.is_empty()).then(|| AccountNumber::parse(number).unwrap()),
    }
}

fn known(org: &str, number: &str) -> TenantLookup {
    TenantLookup::Known(account(org, number))
}

/// Unknown, said when [`Manual`](connector_domain::clock::Manual) clocks begin, and not believed.
fn unknown() -> TenantLookup {
    TenantLookup::Unknown(Denial {
        answered_at: Stamp::default(),
        trusted: false,
    })
}

/// Waits until `condition` holds.
async fn eventually<F: Future<Output = bool>>(what: &str, mut condition: impl FnMut() -> F) {
    let waiting = async {
        while !condition().await {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, waiting)
        .await
        .unwrap_or_else(|_| panic!("never: {what}"));
}
