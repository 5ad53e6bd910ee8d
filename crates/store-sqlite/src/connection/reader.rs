//! Reads of connection records, within a scope.

use std::collections::HashMap;

use async_trait::async_trait;
use connector_domain::account::Account;
use connector_domain::connection::{
    Connection, ConnectionFilter, ConnectionKey, ConnectionOrder, ConnectionStats, StateChange,
};
use connector_domain::id::{AccountNumber, ClientId, OrgId};
use connector_domain::page::{Page, PageRequest};
use connector_domain::port::{ConnectionReader, StoreError};
use connector_domain::scope::Scope;
use connector_domain::stamp::Stamp;
use sqlx::QueryBuilder;

use super::row::{Row, SELECT};
use super::{account, history, page, progress, stats};
use crate::batch;
use crate::error::Fault;
use crate::pool::SqliteStore;
use crate::predicate::{push_one_of, push_scope};

#[async_trait]
impl ConnectionReader for SqliteStore {
    async fn connections(
        &self,
        scope: &Scope,
        client_ids: &[ClientId],
    ) -> Result<Vec<Connection>, StoreError> {
        Ok(connections(self, scope, client_ids).await?)
    }

    async fn connection_page(
        &self,
        scope: &Scope,
        filter: &ConnectionFilter,
        order: ConnectionOrder,
        page: &PageRequest<ConnectionKey>,
    ) -> Result<Page<Connection>, StoreError> {
        Ok(page::read(self.readers(), scope, filter, order, page).await?)
    }

    async fn connection_count(
        &self,
        scope: &Scope,
        filter: &ConnectionFilter,
    ) -> Result<i64, StoreError> {
        Ok(stats::count(self, scope, filter).await?)
    }

    async fn connection_stats(
        &self,
        scope: &Scope,
        filter: &ConnectionFilter,
    ) -> Result<ConnectionStats, StoreError> {
        Ok(stats::read(self, scope, filter).await?)
    }

    async fn state_changes(
        &self,
        scope: &Scope,
        client_ids: &[ClientId],
        page: &PageRequest<i64>,
    ) -> Result<HashMap<ClientId, Page<StateChange>>, StoreError> {
        Ok(history::state_changes(self.readers(), scope, client_ids, page).await?)
    }

    async fn account_page(
        &self,
        scope: &Scope,
        page: &PageRequest<OrgId>,
    ) -> Result<Page<Account>, StoreError> {
        Ok(account::page(self.readers(), scope, page).await?)
    }

    async fn account_count(&self, scope: &Scope) -> Result<i64, StoreError> {
        Ok(account::count(self.readers(), scope).await?)
    }

    async fn accounts(&self, scope: &Scope, org_ids: &[OrgId]) -> Result<Vec<Account>, StoreError> {
        Ok(account::find(self.readers(), scope, org_ids).await?)
    }

    async fn account_by_number(
        &self,
        scope: &Scope,
        number: &AccountNumber,
    ) -> Result<Option<Account>, StoreError> {
        Ok(account::by_number(self.readers(), scope, number).await?)
    }

    async fn presence_as_of(&self) -> Result<Option<Stamp>, StoreError> {
        Ok(progress::as_of(self.readers()).await?)
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let answer = sqlx::query("SELECT 1").execute(self.readers()).await;
        answer.map_err(Fault::from)?;
        Ok(())
    }
}

async fn connections(
    store: &SqliteStore,
    scope: &Scope,
    client_ids: &[ClientId],
) -> Result<Vec<Connection>, Fault> {
    let mut found = Vec::with_capacity(client_ids.len());
    for some in client_ids.chunks(batch::ROWS) {
        let mut query = QueryBuilder::new(SELECT);
        push_scope(&mut query, "c.org_id", scope);
        push_one_of(&mut query, "c.client_id", some.iter().map(ClientId::as_str));
        let rows: Vec<Row> = query.build_query_as().fetch_all(store.readers()).await?;
        for row in rows {
            found.push(Connection::try_from(row)?);
        }
    }
    Ok(found)
}
