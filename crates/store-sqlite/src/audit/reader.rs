//! Reads of the trail, within a scope.

use async_trait::async_trait;
use connector_domain::audit::{AuditEntry, AuditFilter, AuditKeyset};
use connector_domain::page::{Page, PageEnd, PageRequest};
use connector_domain::port::{AuditReader, StoreError};
use connector_domain::scope::Scope;
use sqlx::{QueryBuilder, Sqlite, SqlitePool};

use super::filter::push_filter;
use super::row::{COLUMNS, Row};
use crate::error::Fault;
use crate::pool::SqliteStore;
use crate::predicate::push_scope;

#[async_trait]
impl AuditReader for SqliteStore {
    async fn audit_page(
        &self,
        scope: &Scope,
        filter: &AuditFilter,
        page: &PageRequest<AuditKeyset>,
    ) -> Result<Page<AuditEntry>, StoreError> {
        Ok(audit_page(self.readers(), scope, filter, page).await?)
    }
}

async fn audit_page(
    readers: &SqlitePool,
    scope: &Scope,
    filter: &AuditFilter,
    page: &PageRequest<AuditKeyset>,
) -> Result<Page<AuditEntry>, Fault> {
    let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM audit_entries a WHERE "));
    push_scope(&mut query, "a.org_id", scope);
    push_filter(&mut query, filter);
    push_page(&mut query, page);
    let rows: Vec<Row> = query.build_query_as().fetch_all(readers).await?;
    let entries: Result<Vec<_>, _> = rows.into_iter().map(AuditEntry::try_from).collect();
    Ok(page.page_of(entries?))
}

/// The list is newest first: what comes after a place is older.
fn push_page(query: &mut QueryBuilder<Sqlite>, page: &PageRequest<AuditKeyset>) {
    for (sign, key) in [("<", &page.after), (">", &page.before)] {
        let Some(key) = key else { continue };
        query.push(format_args!(" AND (a.occurred_at, a.audit_id) {sign} ("));
        query.push_bind(key.occurred_at.as_nanos()).push(", ");
        query.push_bind(key.audit_id.to_string()).push(")");
    }
    let way = match page.end {
        PageEnd::First => "DESC",
        PageEnd::Last => "ASC",
    };
    query.push(format_args!(
        " ORDER BY a.occurred_at {way}, a.audit_id {way} LIMIT {}",
        u32::from(page.count) + 1
    ));
}
