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
use sqlx::{PgConnection, QueryBuilder};

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
        let read = async {
            let mut reading = self.reading(scope).await?;
            connections(&mut reading, scope, client_ids).await
        };
        self.read(read).await
    }

    async fn connection_page(
        &self,
        scope: &Scope,
        filter: &ConnectionFilter,
        order: ConnectionOrder,
        page: &PageRequest<ConnectionKey>,
    ) -> Result<Page<Connection>, StoreError> {
        let read = async {
            let mut reading = self.reading(scope).await?;
            page::read(&mut reading, scope, filter, order, page).await
        };
        self.read(read).await
    }

    async fn connection_count(
        &self,
        scope: &Scope,
        filter: &ConnectionFilter,
    ) -> Result<i64, StoreError> {
        let read = async {
            let mut reading = self.reading(scope).await?;
            stats::count(&mut reading, scope, filter).await
        };
        self.read(read).await
    }

    async fn connection_stats(
        &self,
        scope: &Scope,
        filter: &ConnectionFilter,
    ) -> Result<ConnectionStats, StoreError> {
        let read = async {
            let mut snapshot = self.snapshot(scope).await?;
            stats::read(&mut snapshot, scope, filter).await
        };
        self.read(read).await
    }

    async fn state_changes(
        &self,
        scope: &Scope,
        client_ids: &[ClientId],
        page: &PageRequest<i64>,
    ) -> Result<HashMap<ClientId, Page<StateChange>>, StoreError> {
        let read = async {
            let mut reading = self.reading(scope).await?;
            state_change::pages(&mut reading, scope, client_ids, page).await
        };
        self.read(read).await
    }

    async fn account_page(
        &self,
        scope: &Scope,
        page: &PageRequest<OrgId>,
    ) -> Result<Page<Account>, StoreError> {
        let read = async {
            let mut reading = self.reading(scope).await?;
            account::page(&mut reading, scope, page).await
        };
        self.read(read).await
    }

    async fn account_count(&self, scope: &Scope) -> Result<i64, StoreError> {
        let read = async {
            let mut reading = self.reading(scope).await?;
            account::count(&mut reading, scope).await
        };
        self.read(read).await
    }

    async fn accounts(&self, scope: &Scope, org_ids: &[OrgId]) -> Result<Vec<Account>, StoreError> {
        let read = async {
            let mut reading = self.reading(scope).await?;
            account::find(&mut reading, scope, org_ids).await
        };
        self.read(read).await
    }

    async fn account_by_number(
        &self,
        scope: &Scope,
        number: &AccountNumber,
    ) -> Result<Option<Account>, StoreError> {
        let read = async {
            let mut reading = self.reading(scope).await?;
            account::by_number(&mut reading, scope, number).await
        };
        self.read(read).await
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
    connection: &mut PgConnection,
    scope: &Scope,
    client_ids: &[ClientId],
) -> Result<Vec<Connection>, Fault> {
    let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM {TABLES} WHERE "));
    push_scope(&mut query, "c.org_id", scope);
    push_one_of(&mut query, "c.client_id", sorted_ids(client_ids));
    let rows: Vec<Row> = query.build_query_as().fetch_all(connection).await?;
    rows.into_iter().map(Connection::try_from).collect()
}
