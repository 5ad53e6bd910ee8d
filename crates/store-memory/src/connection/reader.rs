//! Reads of connection records, within a scope.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use connector_domain::account::Account;
use connector_domain::connection::{
    Connection, ConnectionFilter, ConnectionKey, ConnectionOrder, ConnectionStats, ConnectionView,
    StateChange,
};
use connector_domain::id::{AccountNumber, ClientId, OrgId};
use connector_domain::page::{Page, PageRequest};
use connector_domain::port::{ConnectionReader, StoreError};
use connector_domain::scope::Scope;
use connector_domain::stamp::Stamp;

use super::stats;
use crate::list;
use crate::store::{HistoryRow, MemoryStore, Tables};

#[async_trait]
impl ConnectionReader for MemoryStore {
    async fn connections(
        &self,
        scope: &Scope,
        client_ids: &[ClientId],
    ) -> Result<Vec<Connection>, StoreError> {
        let tables = self.call();
        let client_ids: BTreeSet<&ClientId> = client_ids.iter().collect();
        Ok(client_ids
            .into_iter()
            .filter_map(|client_id| tables.record(client_id))
            .filter(|record| scope.sees(record.tenant.org_id()))
            .cloned()
            .collect())
    }

    async fn connection_page(
        &self,
        scope: &Scope,
        filter: &ConnectionFilter,
        order: ConnectionOrder,
        page: &PageRequest<ConnectionKey>,
    ) -> Result<Page<Connection>, StoreError> {
        if [&page.after, &page.before]
            .into_iter()
            .flatten()
            .any(|key| !order.accepts(key))
        {
            let problem = "the page's key belongs to another order";
            return Err(StoreError::Refused(problem.into()));
        }
        let tables = self.call();
        let mut found: Vec<(ConnectionKey, &Connection)> = tables
            .passing(scope, filter)
            .into_iter()
            .map(|(record, view)| (order.key_of(&view), record))
            .collect();
        found.sort_by(|(a, _), (b, _)| order.compare(a, b));
        let page = list::page(found, page, |(key, _), bound| order.compare(key, bound));
        Ok(page.map(|(_, record)| record.clone()))
    }

    async fn connection_count(
        &self,
        scope: &Scope,
        filter: &ConnectionFilter,
    ) -> Result<i64, StoreError> {
        let passing = self.call().passing(scope, filter).len();
        Ok(i64::try_from(passing).unwrap_or(i64::MAX))
    }

    async fn connection_stats(
        &self,
        scope: &Scope,
        filter: &ConnectionFilter,
    ) -> Result<ConnectionStats, StoreError> {
        let tables = self.call();
        let passing = tables.passing(scope, filter);
        let views: Vec<ConnectionView> = passing.into_iter().map(|(_, view)| view).collect();
        Ok(stats::of(&views))
    }

    async fn state_changes(
        &self,
        scope: &Scope,
        client_ids: &[ClientId],
        page: &PageRequest<i64>,
    ) -> Result<HashMap<ClientId, Page<StateChange>>, StoreError> {
        let tables = self.call();
        Ok(client_ids
            .iter()
            .map(|client_id| {
                let newest_first = tables.state_changes(scope, client_id);
                let page = list::page(newest_first, page, |change, bound| {
                    bound.cmp(&change.version)
                });
                (client_id.clone(), page)
            })
            .collect())
    }

    async fn account_page(
        &self,
        scope: &Scope,
        page: &PageRequest<OrgId>,
    ) -> Result<Page<Account>, StoreError> {
        let accounts = self.call().accounts(scope);
        Ok(list::page(accounts, page, |account, bound| {
            account.org_id.cmp(bound)
        }))
    }

    async fn account_count(&self, scope: &Scope) -> Result<i64, StoreError> {
        let accounts = self.call().accounts(scope).len();
        Ok(i64::try_from(accounts).unwrap_or(i64::MAX))
    }

    async fn accounts(&self, scope: &Scope, org_ids: &[OrgId]) -> Result<Vec<Account>, StoreError> {
        let mut accounts = self.call().accounts(scope);
        accounts.retain(|account| org_ids.contains(&account.org_id));
        Ok(accounts)
    }

    async fn account_by_number(
        &self,
        scope: &Scope,
        number: &AccountNumber,
    ) -> Result<Option<Account>, StoreError> {
        Ok(self.call().account_by_number(scope, number))
    }

    async fn presence_as_of(&self) -> Result<Option<Stamp>, StoreError> {
        Ok(self.call().progress.values().min().copied())
    }

    async fn ping(&self) -> Result<(), StoreError> {
        drop(self.call());
        Ok(())
    }
}

impl Tables {
    fn passing(
        &self,
        scope: &Scope,
        filter: &ConnectionFilter,
    ) -> Vec<(&Connection, ConnectionView)> {
        self.devices
            .values()
            .map(|device| (&device.record, device.record.view()))
            .filter(|(_, view)| scope.sees(view.org_id()) && filter.matches(view))
            .collect()
    }

    fn state_changes(&self, scope: &Scope, client_id: &ClientId) -> Vec<StateChange> {
        let every_version = (client_id.clone(), i64::MIN)..=(client_id.clone(), i64::MAX);
        self.history
            .range(every_version)
            .rev()
            .filter(|(_, row)| scope.sees(row.change.after.org_id()))
            .filter_map(|(_, row)| state_change(row))
            .collect()
    }
}

/// The change as history shows it; `None` when the state stayed.
fn state_change(row: &HistoryRow) -> Option<StateChange> {
    let after = &row.change.after;
    let previous_state = row.change.before.as_ref().map(|before| before.state);
    (previous_state != Some(after.state)).then_some(StateChange {
        version: row.change.version,
        previous_state,
        state: after.state,
        reason: after.reason,
        occurred_at: row.change.occurred_at,
    })
}
