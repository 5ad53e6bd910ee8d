//! Two databases side by side.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use connector_domain::connection::Connection;
use connector_domain::id::ClientId;
use connector_domain::port::{ConnectionLedger, ConnectionRestorer, StoreError};
use connector_domain::scope::IngestScope;

use super::Store;

/// Records read at once.
const PAGE: u16 = 500;

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    /// The live database has no record.
    Missing,
    /// A rebuild has no record.
    Unknown,
    /// State, or its reason.
    State,
    /// What the device's last online message said.
    Facts,
    /// Whose it is.
    Tenant,
    /// The version.
    Version,
}

/// A device of which the two say something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The device.
    pub client_id: ClientId,
    /// The live record.
    pub live: Option<Connection>,
    /// What a rebuild gives.
    pub rebuilt: Option<Connection>,
}

impl Difference {
    /// What differs; never empty.
    pub fn aspects(&self) -> Vec<Aspect> {
        let (live, rebuilt) = match (&self.live, &self.rebuilt) {
            (None, _) => return vec![Aspect::Missing],
            (_, None) => return vec![Aspect::Unknown],
            (Some(live), Some(rebuilt)) => (live, rebuilt),
        };
        let differs = [
            (
                Aspect::State,
                (live.state, live.reason) != (rebuilt.state, rebuilt.reason),
            ),
            (Aspect::Facts, live.details != rebuilt.details),
            (Aspect::Tenant, live.tenant != rebuilt.tenant),
            (Aspect::Version, live.version != rebuilt.version),
        ];
        let differing = differs.into_iter().filter(|(_, differs)| *differs);
        differing.map(|(aspect, _)| aspect).collect()
    }

    fn between(live: Option<Connection>, rebuilt: Option<Connection>) -> Option<Self> {
        let client_id = live.as_ref().or(rebuilt.as_ref())?.client_id.clone();
        let difference = Self {
            client_id,
            live,
            rebuilt,
        };
        (!difference.aspects().is_empty()).then_some(difference)
    }
}

/// All records of a store, in the order of client ids.
struct Walk<'a> {
    store: &'a dyn Store,
    scope: IngestScope,
    page: std::vec::IntoIter<Connection>,
    last: Option<ClientId>,
    ended: bool,
}

impl<'a> Walk<'a> {
    fn new(store: &'a dyn Store, scope: IngestScope) -> Self {
        Self {
            store,
            scope,
            page: Vec::new().into_iter(),
            last: None,
            ended: false,
        }
    }

    async fn next(&mut self) -> Result<Option<Connection>, StoreError> {
        if self.page.len() == 0 && !self.ended {
            let page = ConnectionRestorer::scan(self.store, self.scope, self.last.as_ref(), PAGE);
            let page = page.await?;
            self.ended = page.len() < usize::from(PAGE);
            self.last = page.last().map(|record| record.client_id.clone());
            self.page = page.into_iter();
        }
        Ok(self.page.next())
    }
}

/// What walking both found.
pub(super) struct Compared {
    /// Devices that either has.
    pub(super) devices: u64,
    /// The first ones that differ.
    pub(super) differences: Vec<Difference>,
    /// How many more differ.
    pub(super) more: u64,
}

/// Compares every device; keeps at most `most` differences.
pub(super) async fn compare(
    live: &dyn Store,
    rebuilt: &dyn Store,
    scope: IngestScope,
    most: usize,
) -> Result<Compared, StoreError> {
    let (mut live, mut rebuilt) = (Walk::new(live, scope), Walk::new(rebuilt, scope));
    let (mut left, mut right) = (live.next().await?, rebuilt.next().await?);
    let mut compared = Compared {
        devices: 0,
        differences: Vec::new(),
        more: 0,
    };
    while let Some(order) = order(left.as_ref(), right.as_ref()) {
        let mut pair = (None, None);
        if order.is_le() {
            pair.0 = std::mem::replace(&mut left, live.next().await?);
        }
        if order.is_ge() {
            pair.1 = std::mem::replace(&mut right, rebuilt.next().await?);
        }
        compared.devices += 1;
        match Difference::between(pair.0, pair.1) {
            Some(difference) if compared.differences.len() < most => {
                compared.differences.push(difference);
            }
            Some(_) => compared.more += 1,
            None => {}
        }
    }
    Ok(compared)
}

/// Which is next; nothing at the end of both.
fn order(left: Option<&Connection>, right: Option<&Connection>) -> Option<Ordering> {
    match (left, right) {
        (None, None) => None,
        (Some(_), None) => Some(Ordering::Less),
        (None, Some(_)) => Some(Ordering::Greater),
        (Some(left), Some(right)) => Some(left.client_id.cmp(&right.client_id)),
    }
}

/// Compares these devices again.
pub(super) async fn compare_again(
    live: &dyn Store,
    rebuilt: &dyn Store,
    scope: IngestScope,
    client_ids: &BTreeSet<ClientId>,
) -> Result<Vec<Difference>, StoreError> {
    let mut differences = Vec::new();
    let client_ids: Vec<ClientId> = client_ids.iter().cloned().collect();
    for some in client_ids.chunks(usize::from(PAGE)) {
        let mut live = by_client_id(ConnectionLedger::find(live, scope, some).await?);
        let mut rebuilt = by_client_id(ConnectionLedger::find(rebuilt, scope, some).await?);
        differences.extend(some.iter().filter_map(|client_id| {
            Difference::between(live.remove(client_id), rebuilt.remove(client_id))
        }));
    }
    Ok(differences)
}

fn by_client_id(records: Vec<Connection>) -> BTreeMap<ClientId, Connection> {
    records
        .into_iter()
        .map(|record| (record.client_id.clone(), record))
        .collect()
}
