//! `ConnectionStats`.

use async_graphql::SimpleObject;
use connector_domain::clock::Clock;
use connector_domain::connection as domain;
use connector_domain::port::ConnectionReader;
use connector_domain::scope::Scope;

use super::int;
use crate::error::Fault;
use crate::scalar::DateTime;

/// One group of a count.
#[derive(SimpleObject, Clone, PartialEq, Eq)]
pub struct ConnectionCount {
    /// Group key; `null` where devices reported none.
    key: Option<String>,
    /// All devices in the group.
    total: i32,
    /// Of them, online.
    online: i32,
}

impl From<domain::ConnectionCount> for ConnectionCount {
    fn from(count: domain::ConnectionCount) -> Self {
        Self {
            key: count.key,
            total: int(count.total),
            online: int(count.online),
        }
    }
}

/// Counts over the devices a filter selects.
#[derive(SimpleObject, Clone)]
pub struct ConnectionStats {
    /// All devices selected.
    total: i32,
    /// Of them, online.
    online: i32,
    /// Of them, offline.
    offline: i32,
    /// Per client version, largest first, at most 50 groups.
    by_client_version: Vec<ConnectionCount>,
    /// Per dispatcher name, largest first, at most 50 groups. A device counts once per dispatcher.
    by_dispatcher: Vec<ConnectionCount>,
    /// Per organisation, largest first, at most 50 groups. Only with CROSS_TENANT; else one group.
    by_org: Vec<ConnectionCount>,
    /// When the counts were taken. They may lag the list by a few seconds.
    as_of: DateTime,
}

impl ConnectionStats {
    fn of(stats: domain::ConnectionStats, as_of: DateTime) -> Self {
        let groups = |counts: Vec<domain::ConnectionCount>| {
            counts.into_iter().map(ConnectionCount::from).collect()
        };
        Self {
            total: int(stats.total),
            online: int(stats.online),
            offline: int(stats.total - stats.online),
            by_client_version: groups(stats.by_client_version),
            by_dispatcher: groups(stats.by_dispatcher),
            by_org: groups(stats.by_org),
            as_of,
        }
    }

    /// Whether the counts are the same, whenever they were taken.
    pub(crate) fn counts_like(&self, other: &Self) -> bool {
        self.total == other.total
            && self.online == other.online
            && self.by_client_version == other.by_client_version
            && self.by_dispatcher == other.by_dispatcher
            && self.by_org == other.by_org
    }
}

/// Takes the counts in a scope; a caller without one counts nothing.
pub(crate) async fn read_stats(
    reader: &dyn ConnectionReader,
    clock: &dyn Clock,
    scope: Option<&Scope>,
    filter: &domain::ConnectionFilter,
) -> Result<ConnectionStats, Fault> {
    let as_of = DateTime(clock.now());
    let stats = match scope {
        None => domain::ConnectionStats::default(),
        Some(scope) => reader.connection_stats(scope, filter).await?,
    };
    Ok(ConnectionStats::of(stats, as_of))
}
