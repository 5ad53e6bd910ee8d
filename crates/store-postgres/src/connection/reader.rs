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
use sqlx::postgres::PgPool;

use super::row::{COLUMNS, Row, TABLES};
use super::{account, page, progress, state_change, stats};
use crate::error::Fault;
use crate::pool::PostgresStore;
use crate::predicate::{push_one_of, push_scope};
use crate::rows::sorted_ids;

#[async_trait]
impl ConnectionReader for PostgresStore {
    async fn connections(
        &self,
        scope: &Scope,
        client_ids: &[ClientId],
    ) -> Result<Vec<Connection>, StoreError> {
        self.read(connections(self.pool(), scope, client_ids)).await
    }

    async fn connection_page(
        &self,
        scope: &Scope,
        filter: &ConnectionFilter,
        order: ConnectionOrder,
        page: &PageRequest<ConnectionKey>,
    ) -> Result<Page<Connection>, StoreError> {
        self.read(page::read(self.pool(), scope, filter, order, page))
            .await
    }

    async fn connection_count(
        &self,
        scope: &Scope,
        filter: &ConnectionFilter,
    ) -> Result<i64, StoreError> {
        self.read(stats::count(self, scope, filter)).await
    }

    async fn connection_stats(
        &self,
        scope: &Scope,
        filter: &ConnectionFilter,
    ) -> Result<ConnectionStats, StoreError> {
        self.read(stats::read(self, scope, filter)).await
    }

    async fn state_changes(
        &self,
        scope: &Scope,
        client_ids: &[ClientId],
        page: &PageRequest<i64>,
    ) -> Result<HashMap<ClientId, Page<StateChange>>, StoreError> {
        self.read(state_change::pages(self.pool(), scope, client_ids, page))
            .await
    }

    async fn account_page(
        &self,
        scope: &Scope,
        page: &PageRequest<OrgId>,
    ) -> Result<Page<Account>, StoreError> {
        self.read(account::page(self.pool(), scope, page)).await
    }

    async fn account_count(&self, scope: &Scope) -> Result<i64, StoreError> {
        self.read(account::count(self.pool(), scope)).await
    }

    async fn accounts(&self, scope: &Scope, org_ids: &[OrgId]) -> Result<Vec<Account>, StoreError> {
        self.read(account::find(self.pool(), scope, org_ids)).await
    }

    async fn account_by_number(
        &self,
        scope: &Scope,
        number: &AccountNumber,
    ) -> Result<Option<Account>, StoreError> {
        self.read(account::by_number(self.pool(), scope, number))
            .await
    }

    async fn presence_as_of(&self) -> Result<Option<Stamp>, StoreError> {
        self.read(progress::as_of(self.pool())).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let ping = async {
            sqlx::query("SELECT 1").execute(self.pool()).await?;
            Ok(())
        };
        self.read(ping).await
    }
}

async fn connections(
    pool: &PgPool,
    scope: &Scope,
    client_ids: &[ClientId],
) -> Result<Vec<Connection>, Fault> {
    let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM {TABLES} WHERE "));
    push_scope(&mut query, "c.org_id", scope);
    push_one_of(&mut query, "c.client_id", sorted_ids(client_ids));
    let rows: Vec<Row> = query.build_query_as().fetch_all(pool).await?;
    rows.into_iter().map(Connection::try_from).collect()
}
