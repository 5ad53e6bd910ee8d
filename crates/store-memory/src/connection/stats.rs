//! Counts over devices.

use std::collections::BTreeMap;

use connector_domain::connection::{
    ConnectionCount, ConnectionState, ConnectionStats, ConnectionView,
};
use connector_domain::limits;

/// Counts these devices.
pub(super) fn of(views: &[ConnectionView]) -> ConnectionStats {
    let version = |view: &ConnectionView| vec![view.client_version.clone()];
    let org = |view: &ConnectionView| vec![view.org_id().map(ToString::to_string)];
    ConnectionStats {
        total: count(views.len()),
        online: count(views.iter().filter(|view| is_online(view)).count()),
        by_client_version: groups(views, version),
        by_dispatcher: groups(views, dispatchers),
        by_org: groups(views, org),
    }
}

fn dispatchers(view: &ConnectionView) -> Vec<Option<String>> {
    if view.dispatchers.is_empty() {
        return vec![None];
    }
    view.dispatchers.iter().cloned().map(Some).collect()
}

fn groups(
    views: &[ConnectionView],
    keys: impl Fn(&ConnectionView) -> Vec<Option<String>>,
) -> Vec<ConnectionCount> {
    let mut groups: BTreeMap<Option<String>, (i64, i64)> = BTreeMap::new();
    for view in views {
        for key in keys(view) {
            let (total, online) = groups.entry(key).or_default();
            *total += 1;
            *online += i64::from(is_online(view));
        }
    }
    let mut counts: Vec<_> = groups
        .into_iter()
        .map(|(key, (total, online))| ConnectionCount { key, total, online })
        .collect();
    // Stable: ties stay in the order of their keys.
    counts.sort_by_key(|count| std::cmp::Reverse(count.total));
    counts.truncate(limits::STATS_GROUPS);
    counts
}

fn is_online(view: &ConnectionView) -> bool {
    view.state == ConnectionState::Online
}

fn count(items: usize) -> i64 {
    i64::try_from(items).unwrap_or(i64::MAX)
}
