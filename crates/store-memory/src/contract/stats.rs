//! Counts over devices.

use std::collections::BTreeMap;

use connector_domain::connection::{
    ConnectionCount, ConnectionFilter, ConnectionState, ConnectionStats, ConnectionView, Details,
};
use connector_domain::limits;

use super::Store;
use super::arrange::{ORG, apply, device, scope, scopes};
use super::fleet::Fleet;

/// Totals and groups, with and without a filter.
pub async fn counts_are_those_of_the_devices_that_pass(store: &impl Store) {
    let fleet = Fleet::arrive(store).await;
    let filters = [
        ConnectionFilter::default(),
        ConnectionFilter {
            search: Some("host".to_owned()),
            ..ConnectionFilter::default()
        },
        ConnectionFilter {
            dispatchers: Some(vec!["echo".to_owned()]),
            ..ConnectionFilter::default()
        },
        ConnectionFilter {
            states: Some(vec![]),
            ..ConnectionFilter::default()
        },
    ];
    for filter in &filters {
        for scope in scopes() {
            let stats = store.connection_stats(&scope, filter).await.expect("read");
            let expected = expected(&fleet.views(&scope, filter));
            assert_eq!(stats, expected, "{filter:?} in {scope:?}");
        }
    }
}

fn expected(views: &[ConnectionView]) -> ConnectionStats {
    let by_dispatcher = views.iter().flat_map(|view| {
        let none = view.dispatchers.is_empty().then_some((None, view.state));
        let named = view.dispatchers.iter().cloned().map(Some);
        named.map(|name| (name, view.state)).chain(none)
    });
    let by_version = views
        .iter()
        .map(|view| (view.client_version.clone(), view.state));
    let by_org = views
        .iter()
        .map(|view| (view.org_id().map(ToString::to_string), view.state));
    let online = views
        .iter()
        .filter(|view| view.state == ConnectionState::Online);
    ConnectionStats {
        total: i64::try_from(views.len()).expect("small"),
        online: i64::try_from(online.count()).expect("small"),
        by_client_version: counts(by_version),
        by_dispatcher: counts(by_dispatcher),
        by_org: counts(by_org),
    }
}

fn counts(
    devices: impl Iterator<Item = (Option<String>, ConnectionState)>,
) -> Vec<ConnectionCount> {
    let mut groups: BTreeMap<Option<String>, ConnectionCount> = BTreeMap::new();
    for (key, state) in devices {
        let group = groups.entry(key.clone()).or_insert(ConnectionCount {
            key,
            total: 0,
            online: 0,
        });
        group.total += 1;
        group.online += i64::from(state == ConnectionState::Online);
    }
    let mut counts: Vec<ConnectionCount> = groups.into_values().collect();
    counts.sort_by(|a, b| b.total.cmp(&a.total).then_with(|| a.key.cmp(&b.key)));
    counts
}

/// More groups than are shown: the largest stay, ties by key.
pub async fn groups_come_largest_first_and_are_limited(store: &impl Store) {
    let groups = limits::STATS_GROUPS + 3;
    let version = |n: usize| Details {
        client_version: Some(format!("v{n:03}")),
        ..Details::default()
    };
    let says =
        (0..=groups).map(|i| device(&format!("host-{i}")).online(1, "m", version(i % groups)));
    // The last device shares a version with the first.
    let extra = device("extra").online(1, "m", version(groups - 1));
    apply(store, says.chain([extra])).await;
    let all = ConnectionFilter::default();
    let stats = store
        .connection_stats(&scope(ORG), &all)
        .await
        .expect("read");
    let keys: Vec<&str> = stats
        .by_client_version
        .iter()
        .filter_map(|group| group.key.as_deref())
        .collect();
    assert_eq!(keys.len(), limits::STATS_GROUPS);
    assert_eq!(
        keys[..3],
        ["v000", format!("v{:03}", groups - 1).as_str(), "v001"]
    );
    assert_eq!(keys.last(), Some(&"v048"));
}
