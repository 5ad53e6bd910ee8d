//! Counts over the devices that pass a filter.

use connector_domain::connection::{ConnectionCount, ConnectionFilter, ConnectionStats};
use connector_domain::limits;
use connector_domain::scope::Scope;
use sqlx::{PgConnection, QueryBuilder};

use super::filter::{push_filter, uses_liveness};
use super::row::TABLES;
use crate::columns::columns;
use crate::error::Fault;
use crate::predicate::push_scope;

const ONLINE: &str = "COALESCE(SUM(CASE WHEN c.state = 'ONLINE' THEN 1 ELSE 0 END), 0) AS online";

/// The tables that a filter needs: without the narrow one, an index alone can answer.
fn devices(filter: &ConnectionFilter) -> &'static str {
    if uses_liveness(filter) {
        TABLES
    } else {
        "connections c"
    }
}

columns! {
    struct Row {
        key: Option<String>,
        total: i64,
        online: i64,
    }
}

/// How many pass.
pub(super) async fn count(
    connection: &mut PgConnection,
    scope: &Scope,
    filter: &ConnectionFilter,
) -> Result<i64, Fault> {
    let mut query = QueryBuilder::new(format!("SELECT COUNT(*) FROM {} WHERE ", devices(filter)));
    push_scope(&mut query, "c.org_id", scope);
    push_filter(&mut query, scope, filter);
    Ok(query.build_query_scalar().fetch_one(connection).await?)
}

/// All counts, of the moment that the transaction sees: four statements.
pub(super) async fn read(
    snapshot: &mut PgConnection,
    scope: &Scope,
    filter: &ConnectionFilter,
) -> Result<ConnectionStats, Fault> {
    let (total, online) = totals(snapshot, scope, filter).await?;
    let devices = devices(filter);
    Ok(ConnectionStats {
        total,
        online,
        by_client_version: groups(snapshot, "c.client_version", devices, scope, filter).await?,
        by_dispatcher: groups(
            snapshot,
            "g.name",
            &format!("{devices} LEFT JOIN connection_dispatchers g ON g.client_id = c.client_id"),
            scope,
            filter,
        )
        .await?,
        by_org: groups(snapshot, "c.org_id", devices, scope, filter).await?,
    })
}

async fn totals(
    connection: &mut PgConnection,
    scope: &Scope,
    filter: &ConnectionFilter,
) -> Result<(i64, i64), Fault> {
    let select = format!(
        "SELECT COUNT(*) AS total, {ONLINE} FROM {} WHERE ",
        devices(filter)
    );
    let mut query = QueryBuilder::new(select);
    push_scope(&mut query, "c.org_id", scope);
    push_filter(&mut query, scope, filter);
    Ok(query.build_query_as().fetch_one(connection).await?)
}

/// Largest first, ties by key.
async fn groups(
    connection: &mut PgConnection,
    key: &str,
    tables: &str,
    scope: &Scope,
    filter: &ConnectionFilter,
) -> Result<Vec<ConnectionCount>, Fault> {
    let select = format!("SELECT {key} AS key, COUNT(*) AS total, {ONLINE} FROM {tables} WHERE ");
    let mut query = QueryBuilder::new(select);
    push_scope(&mut query, "c.org_id", scope);
    push_filter(&mut query, scope, filter);
    query.push(format_args!(
        " GROUP BY {key} ORDER BY total DESC, {key} ASC NULLS FIRST LIMIT {}",
        limits::STATS_GROUPS
    ));
    let rows: Vec<Row> = query.build_query_as().fetch_all(connection).await?;
    Ok(rows
        .into_iter()
        .map(|row| ConnectionCount {
            key: row.key,
            total: row.total,
            online: row.online,
        })
        .collect())
}
