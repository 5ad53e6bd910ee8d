//! A varied fleet, and what of it is expected: worked out by the domain's rules, without a store.

use std::collections::BTreeMap;

use connector_domain::connection::{
    CanonicalFacts, Connection, ConnectionFilter, ConnectionOrder, ConnectionView, Details,
    DeviceBatch, OfflineCause, fold,
};
use connector_domain::scope::Scope;
use connector_domain::tenant::TenantLookup;
use serde_json::{Map, json};
use uuid::Uuid;

use super::Store;
use super::arrange::{ORG, OTHER_ORG, Says, at, client, device, ingest, known, unknown};

const DEVICES: usize = 60;

/// Texts whose lower case, neighbours in the alphabet or bytes are odd.
pub(super) const FQDNS: [&str; 14] = [
    "alpha.example.com",
    "ALPHA.example.com",
    "Alpha.Example.org",
    "alphb",
    "alph\u{10FFFF}x",
    "alph\u{D7FF}x",
    "alph\u{E000}",
    "\u{10FFFF}\u{10FFFF}",
    "ΟΔΟΣ",
    "İstanbul.example",
    "Straße",
    "100%_[a]",
    "z'quote\"",
    "a\u{301}ccent",
];

const VERSIONS: [&str; 4] = ["3.1.0", "3.2.0-RC1", "3.2.0-rc1", "V4"];

/// The devices, as they are stored.
pub(super) struct Fleet {
    pub(super) records: Vec<Connection>,
}

impl Fleet {
    /// Fills an empty store, in two batches, and touches some devices.
    pub(super) async fn arrive(store: &impl Store) -> Self {
        let batches: Vec<DeviceBatch> = (0..DEVICES).map(|i| says(i).batch()).collect();
        let (first, second) = batches.split_at(DEVICES / 2);
        for part in [second, first] {
            store.apply(ingest(), part).await.expect("applied");
        }
        let mut records: Vec<Connection> = batches
            .iter()
            .filter_map(|batch| fold(None, batch).connection)
            .collect();
        let mut seen = Vec::new();
        for record in records.iter_mut().step_by(4) {
            record.last_seen_at = record.last_seen_at.max(at(500));
            seen.push((record.client_id.clone(), record.last_seen_at));
        }
        store.touch(ingest(), &seen).await.expect("touched");
        Self { records }
    }

    /// The devices that a caller finds with a filter.
    pub(super) fn views(&self, scope: &Scope, filter: &ConnectionFilter) -> Vec<ConnectionView> {
        self.records
            .iter()
            .map(Connection::view)
            .filter(|view| scope.sees(view.org_id()) && filter.matches(view))
            .collect()
    }

    /// The client ids of all that a caller sees, in list order.
    pub(super) fn ordered(&self, scope: &Scope, order: ConnectionOrder) -> Vec<String> {
        let mut keys: Vec<_> = self
            .views(scope, &ConnectionFilter::default())
            .iter()
            .map(|view| order.key_of(view))
            .collect();
        keys.sort_by(|a, b| order.compare(a, b));
        keys.into_iter()
            .map(|key| key.client_id.to_string())
            .collect()
    }
}

/// The id of a device of the fleet: letters of either case, since both sort.
pub(super) fn id(i: usize) -> String {
    let name = ["host", "Host", "dévice", "HOST", "~host"][i % 5];
    format!("{name}-{i:02}")
}

fn says(i: usize) -> Says {
    let tenant = match i % 10 {
        3 => TenantLookup::Unavailable,
        8 => unknown(0),
        1 | 4 | 7 => known(OTHER_ORG),
        _ => known(ORG),
    };
    let says = device(&id(i)).of(tenant);
    // Three devices share each second, so that orders by time have ties.
    let second = i64::try_from(i / 3).expect("small") * 10;
    if i % 11 == 10 {
        return says.offline(second, OfflineCause::LastWill);
    }
    let says = says.online(second, &format!("m{i}"), details(i));
    match i % 6 {
        0 => says.offline(second + 5, OfflineCause::LastWill),
        1 => says.offline(second + 3, OfflineCause::Reported),
        2 => says.alive(second + 7),
        _ => says,
    }
}

fn details(i: usize) -> Details {
    let mut facts = Map::new();
    if i % 7 != 6 {
        facts.insert("fqdn".into(), json!(FQDNS[i % FQDNS.len()]));
    }
    if !i.is_multiple_of(4) {
        facts.insert("insights_id".into(), json!(uuid(i)));
        facts.insert("subscription_manager_id".into(), json!(uuid(1_000 + i)));
    }
    facts.insert(
        "ip_addresses".into(),
        json!([format!("10.0.{}.{i}", i % 3), "FE80::1"]),
    );
    let dispatchers = ["echo", "Echo", "package-manager"]
        .into_iter()
        .enumerate()
        .filter(|(bit, _)| i >> bit & 1 == 1)
        .map(|(_, name)| (name.to_owned(), Map::new()));
    let mut tags = BTreeMap::new();
    if i.is_multiple_of(2) {
        let env = if i.is_multiple_of(3) { "prod" } else { "Prod" };
        tags.insert("env".to_owned(), env.to_owned());
    }
    if i.is_multiple_of(5) {
        tags.insert(String::new(), String::new());
        tags.insert("région".to_owned(), "île".to_owned());
    }
    Details {
        facts: Some(CanonicalFacts::new(facts)),
        dispatchers: dispatchers.collect(),
        tags,
        client_name: (i % 3 != 2).then(|| ["yggdrasil", "Rhcd"][i % 2].to_owned()),
        client_version: VERSIONS.get(i % 5).map(|&version| version.to_owned()),
    }
}

/// The insights id of device `i`.
pub(super) fn uuid(i: usize) -> Uuid {
    Uuid::from_u128(0xabc0_0000 + u128::try_from(i).expect("small"))
}

/// Ids of a list of records.
pub(super) fn ids(records: &[Connection]) -> Vec<String> {
    records
        .iter()
        .map(|record| record.client_id.to_string())
        .collect()
}

/// The client id of device `i`.
pub(super) fn client_id(i: usize) -> connector_domain::id::ClientId {
    client(&id(i))
}
