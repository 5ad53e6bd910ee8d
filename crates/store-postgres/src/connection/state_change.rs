//! Each device's changes of state, for its readers.

use std::collections::HashMap;

use connector_domain::connection::StateChange;
use connector_domain::id::ClientId;
use connector_domain::page::{Page, PageEnd, PageRequest};
use connector_domain::scope::Scope;
use connector_domain::stamp::Stamp;
use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::row::{client_id_of, reason_of, state_of};
use crate::columns::columns;
use crate::error::Fault;
use crate::pages::pages_of;
use crate::predicate::push_scope;
use crate::rows::sorted_ids;

columns! {
    struct Row {
        client_id: String,
        version: i64,
        previous_state: Option<String>,
        state: String,
        reason: String,
        occurred_at: i64,
    }
}

/// One page of state changes for each device, newest first.
pub(super) async fn pages(
    connection: &mut PgConnection,
    scope: &Scope,
    client_ids: &[ClientId],
    page: &PageRequest<i64>,
) -> Result<HashMap<ClientId, Page<StateChange>>, Fault> {
    let mut changes: HashMap<ClientId, Vec<StateChange>> = HashMap::new();
    let mut query = query(scope, client_ids, page);
    let rows: Vec<Row> = query.build_query_as().fetch_all(connection).await?;
    for row in rows {
        let (client_id, change) = state_change(row)?;
        changes.entry(client_id).or_default().push(change);
    }
    Ok(pages_of(client_ids, changes, page))
}

/// Reads one more row per device than asked, nearest the asked end first.
fn query(
    scope: &Scope,
    client_ids: &[ClientId],
    page: &PageRequest<i64>,
) -> QueryBuilder<Postgres> {
    let nearest = match page.end {
        PageEnd::First => "DESC",
        PageEnd::Last => "ASC",
    };
    let mut query = QueryBuilder::new("SELECT h.* FROM unnest(");
    query.push_bind(sorted_ids(client_ids)).push(
        "::text[]) AS w (client_id)
          CROSS JOIN LATERAL (
              SELECT h.client_id, h.version, h.previous_state, h.state, h.reason, h.occurred_at
                FROM connection_history h
               WHERE ",
    );
    push_scope(&mut query, "h.org_id", scope);
    query.push(
        " AND h.client_id = w.client_id
          AND (h.previous_state IS NULL OR h.previous_state <> h.state)",
    );
    // Newest first: what comes after a version is older.
    if let Some(after) = page.after {
        query.push(" AND h.version < ").push_bind(after);
    }
    if let Some(before) = page.before {
        query.push(" AND h.version > ").push_bind(before);
    }
    query.push(format_args!(
        " ORDER BY h.version {nearest} LIMIT {}) h ORDER BY h.client_id, h.version {nearest}",
        u32::from(page.count) + 1
    ));
    query
}

fn state_change(row: Row) -> Result<(ClientId, StateChange), Fault> {
    let previous_state = row.previous_state.as_deref().map(state_of).transpose()?;
    let change = StateChange {
        version: row.version,
        previous_state,
        state: state_of(&row.state)?,
        reason: reason_of(&row.reason)?,
        occurred_at: Stamp::from_nanos(row.occurred_at),
    };
    Ok((client_id_of(row.client_id)?, change))
}
