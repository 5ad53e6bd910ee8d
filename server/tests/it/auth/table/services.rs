//! Services with pre-shared keys.

use connector_domain::caller::Permission;
use connector_testkit::{Client, eventually};
use serde_json::json;

use super::super::knock::{Brought, service, until_let_in};
use super::super::world::World;
use super::{Case, bad, good};

const PSK: &str = "PRE_SHARED_KEY";

/// Keys of services.
struct Keys {
    first: String,
    second: String,
    expired: String,
    any: String,
    all: String,
    revoked: String,
}

pub async fn cases(world: &World) -> Vec<Case> {
    let keys = make_keys(world);
    until_let_in(&world.platform.base(), &service("all", &keys.all, None)).await;
    until_account_is_known(world).await;
    let mut cases = good_ones(&keys);
    cases.extend(wrong_organisations(&keys));
    cases.extend(wrong_keys(&keys));
    cases
}

fn make_keys(world: &World) -> Keys {
    let read = [Permission::ConnectionRead];
    let cross = [Permission::ConnectionRead, Permission::CrossTenant];
    let services = &world.services;
    let keys = Keys {
        first: services.add("dispatcher", &["10000", "30000"], &read, false),
        second: services.add("dispatcher", &["20000"], &read, false),
        expired: services.add("dispatcher", &["10000"], &read, true),
        any: services.add("any", &["*"], &read, false),
        revoked: services.add("revoked", &["10000"], &read, false),
        all: services.add("all", &["*"], &cross, false),
    };
    services.remove("revoked");
    keys
}

/// An account number is known once a device has it.
async fn until_account_is_known(world: &World) {
    let mut device = world.platform.device("host-1").connect().await;
    device.report_online("m-1").await;
    let client = Client::new(world.platform.base(), world.token());
    let query = "{ account { accountNumber } }";
    let seen = || client.data(query, json!({}));
    eventually("the account is known", seen, |seen| {
        seen["account"]["accountNumber"] == "111000"
    })
    .await;
}

fn by_account(client_id: &str, key: &str, number: &str) -> Brought {
    let mut brought = service(client_id, key, None);
    brought.push(("x-rh-cloud-connector-account", number.to_owned()));
    brought
}

fn good_ones(keys: &Keys) -> Vec<Case> {
    let dispatcher = |key, org| service("dispatcher", key, Some(org));
    vec![
        good("a key", dispatcher(&keys.first, "10000"), PSK),
        good(
            "its other organisation",
            dispatcher(&keys.first, "30000"),
            PSK,
        ),
        good("the second key", dispatcher(&keys.second, "20000"), PSK),
        good(
            "any organisation",
            service("any", &keys.any, Some("77")),
            PSK,
        ),
        good("all organisations", service("all", &keys.all, None), PSK),
        good(
            "by account number",
            by_account("dispatcher", &keys.first, "111000"),
            PSK,
        ),
        good(
            "any by account number",
            by_account("any", &keys.any, "111000"),
            PSK,
        ),
    ]
}

fn wrong_organisations(keys: &Keys) -> Vec<Case> {
    let dispatcher = |org| service("dispatcher", &keys.first, Some(org));
    vec![
        bad(
            "an account of another organisation",
            by_account("dispatcher", &keys.second, "111000"),
        ),
        bad("an unknown account", by_account("any", &keys.any, "999")),
        bad("an organisation of the other key", dispatcher("20000")),
        bad("an organisation not granted", dispatcher("40000")),
        bad("every organisation", dispatcher("*")),
        bad("empty organisation", dispatcher("")),
        bad("no organisation", service("dispatcher", &keys.first, None)),
        bad("any, but none named", service("any", &keys.any, None)),
    ]
}

fn wrong_keys(keys: &Keys) -> Vec<Case> {
    let dispatcher = |key| service("dispatcher", key, Some("10000"));
    let without = |part: &str| {
        let brought = dispatcher(&keys.first).into_iter();
        brought.filter(|(name, _)| !name.ends_with(part)).collect()
    };
    vec![
        bad(
            "another service's key",
            service("any", &keys.first, Some("10000")),
        ),
        bad(
            "an unknown service",
            service("nobody", &keys.first, Some("10000")),
        ),
        bad("an expired key", dispatcher(&keys.expired)),
        bad(
            "a revoked key",
            service("revoked", &keys.revoked, Some("10000")),
        ),
        bad("garbage", dispatcher("garbage")),
        bad("empty", dispatcher("")),
        bad("oversized", dispatcher(&"x".repeat(20_000))),
        bad("no key", without("psk")),
        bad("no service", without("client-id")),
    ]
}
