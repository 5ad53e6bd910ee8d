//! The history of connection records: what is still to be told, and each device's state changes.

use std::collections::HashMap;

use connector_domain::connection::{ConnectionChange, StateChange};
use connector_domain::id::ClientId;
use connector_domain::page::{Page, PageEnd, PageRequest};
use connector_domain::port::RecordedChange;
use connector_domain::scope::Scope;
use connector_domain::stamp::Stamp;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, SqlitePool};

use super::row::{client_id_of, reason_of, state_of};
use crate::batch;
use crate::columns::columns;
use crate::error::Fault;
use crate::pages::pages_of;
use crate::predicate::{push_one_of, push_scope, wanted};

/// Adds changes, to be told.
pub(super) async fn add(
    connection: &mut SqliteConnection,
    changes: &[(&ClientId, &ConnectionChange)],
) -> Result<(), Fault> {
    for some in changes.chunks(batch::ROWS) {
        let events: Vec<String> = some
            .iter()
            .map(|(_, change)| serde_json::to_string(change))
            .collect::<Result<_, _>>()?;
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO connection_history (
                client_id,
                version,
                kind,
                org_id,
                state,
                previous_state,
                reason,
                occurred_at,
                position_stamp,
                position_partition,
                position_offset,
                event
            ) ",
        );
        query.push_values(
            some.iter().zip(events),
            |mut row, ((client_id, change), event)| {
                let after = &change.after;
                let org_id = after.org_id().map(connector_domain::id::OrgId::as_str);
                let previous = change.before.as_ref().map(|before| before.state.as_str());
                row.push_bind(client_id.as_str())
                    .push_bind(change.version)
                    .push_bind(change.kind.as_str())
                    .push_bind(org_id)
                    .push_bind(after.state.as_str())
                    .push_bind(previous)
                    .push_bind(after.reason.as_str())
                    .push_bind(change.occurred_at.as_nanos())
                    .push_bind(change.position.stamp.as_nanos())
                    .push_bind(change.position.partition)
                    .push_bind(change.position.offset)
                    .push_bind(event);
            },
        );
        query
            .build()
            .persistent(false)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// The newest version that each device's history knows; devices without history are left out.
pub(super) async fn last_versions(
    connection: &mut SqliteConnection,
    client_ids: &[&ClientId],
) -> Result<HashMap<ClientId, i64>, Fault> {
    let mut last = HashMap::new();
    for some in client_ids.chunks(batch::ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT client_id, MAX(version) FROM connection_history WHERE TRUE",
        );
        push_one_of(&mut query, "client_id", some.iter().map(|id| id.as_str()));
        query.push(" GROUP BY client_id");
        let rows: Vec<(String, i64)> = query.build_query_as().fetch_all(&mut *connection).await?;
        for (client_id, version) in rows {
            last.insert(client_id_of(client_id)?, version);
        }
    }
    Ok(last)
}

/// The changes of these devices that are not told yet, per device in version order.
pub(super) async fn unpublished(
    connection: &mut SqliteConnection,
    client_ids: &[&ClientId],
) -> Result<Vec<RecordedChange>, Fault> {
    let mut found = Vec::new();
    for some in client_ids.chunks(batch::ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT client_id, event FROM connection_history WHERE published = 0",
        );
        push_one_of(&mut query, "client_id", some.iter().map(|id| id.as_str()));
        query.push(" ORDER BY client_id, version");
        let rows: Vec<(String, String)> =
            query.build_query_as().fetch_all(&mut *connection).await?;
        for (client_id, event) in rows {
            let change = serde_json::from_str(&event);
            found.push(RecordedChange {
                client_id: client_id_of(client_id)?,
                change: change.map_err(|_| Fault::column("connection_history.event"))?,
            });
        }
    }
    Ok(found)
}

/// Marks changes as told. What they said is in the events topic now.
pub(super) async fn mark_published(
    connection: &mut SqliteConnection,
    changes: &[(ClientId, i64)],
) -> Result<(), Fault> {
    for some in changes.chunks(batch::ROWS) {
        let rows = some.iter().map(|(id, version)| (id.as_str(), *version));
        let mut query = wanted("client_id, version", rows);
        query.push(
            "UPDATE connection_history
                SET published = 1, event = NULL
               FROM wanted w
              WHERE connection_history.client_id = w.client_id
                AND connection_history.version = w.version",
        );
        query
            .build()
            .persistent(false)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

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
pub(super) async fn state_changes(
    readers: &SqlitePool,
    scope: &Scope,
    client_ids: &[ClientId],
    page: &PageRequest<i64>,
) -> Result<HashMap<ClientId, Page<StateChange>>, Fault> {
    let mut rows: HashMap<ClientId, Vec<StateChange>> = HashMap::new();
    for some in client_ids.chunks(batch::ROWS) {
        let mut query = state_changes_query(scope, some, page);
        let found: Vec<Row> = query.build_query_as().fetch_all(readers).await?;
        for row in found {
            let (client_id, change) = state_change(row)?;
            rows.entry(client_id).or_default().push(change);
        }
    }
    Ok(pages_of(client_ids, rows, page))
}

/// Reads one more row per device than asked, nearest the asked end first.
fn state_changes_query(
    scope: &Scope,
    client_ids: &[ClientId],
    page: &PageRequest<i64>,
) -> QueryBuilder<Sqlite> {
    let nearest = match page.end {
        PageEnd::First => "version DESC",
        PageEnd::Last => "version ASC",
    };
    let mut query = QueryBuilder::new(format!(
        "SELECT client_id, version, previous_state, state, reason, occurred_at
           FROM (SELECT client_id, version, previous_state, state, reason, occurred_at,
                        ROW_NUMBER() OVER (PARTITION BY client_id ORDER BY {nearest}) AS place
                   FROM connection_history
                  WHERE (previous_state IS NULL OR previous_state <> state) AND "
    ));
    push_scope(&mut query, "org_id", scope);
    push_one_of(
        &mut query,
        "client_id",
        client_ids.iter().map(ClientId::as_str),
    );
    // Newest first: what comes after a version is older.
    if let Some(after) = page.after {
        query.push(" AND version < ").push_bind(after);
    }
    if let Some(before) = page.before {
        query.push(" AND version > ").push_bind(before);
    }
    query
        .push(") WHERE place <= ")
        .push_bind(i64::from(page.count) + 1)
        .push(" ORDER BY client_id, place");
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
