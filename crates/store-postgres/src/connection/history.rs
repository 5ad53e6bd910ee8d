//! The history of connection records, and what of it is still to be told.

use std::collections::HashMap;

use connector_domain::connection::ConnectionChange;
use connector_domain::id::{ClientId, OrgId};
use connector_domain::port::RecordedChange;
use sqlx::PgConnection;

use super::row::client_id_of;
use crate::error::Fault;
use crate::rows::column;

/// A change, and the device it is of.
pub(super) type Change<'a> = (&'a ClientId, &'a ConnectionChange);

/// Adds changes, to be told.
pub(super) async fn add(
    connection: &mut PgConnection,
    changes: &[Change<'_>],
) -> Result<(), Fault> {
    if changes.is_empty() {
        return Ok(());
    }
    let events: Vec<String> = changes
        .iter()
        .map(|(_, change)| serde_json::to_string(change))
        .collect::<Result<_, _>>()?;
    sqlx::query(
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
        )
        SELECT * FROM unnest(
            $1::text[],
            $2::bigint[],
            $3::text[],
            $4::text[],
            $5::text[],
            $6::text[],
            $7::text[],
            $8::bigint[],
            $9::bigint[],
            $10::integer[],
            $11::bigint[],
            $12::text[]
        )",
    )
    .bind(column(changes, |(client_id, _)| client_id.as_str()))
    .bind(column(changes, |(_, change)| change.version))
    .bind(column(changes, |(_, change)| change.kind.as_str()))
    .bind(column(changes, |(_, change)| {
        change.after.org_id().map(OrgId::as_str)
    }))
    .bind(column(changes, |(_, change)| change.after.state.as_str()))
    .bind(column(changes, |(_, change)| {
        change.before.as_ref().map(|before| before.state.as_str())
    }))
    .bind(column(changes, |(_, change)| change.after.reason.as_str()))
    .bind(column(changes, |(_, change)| change.occurred_at.as_nanos()))
    .bind(column(changes, |(_, change)| {
        change.position.stamp.as_nanos()
    }))
    .bind(column(changes, |(_, change)| change.position.partition))
    .bind(column(changes, |(_, change)| change.position.offset))
    .bind(events)
    .execute(connection)
    .await?;
    Ok(())
}

/// The newest versions that the histories of devices know.
pub(super) struct LastVersions(HashMap<String, i64>);

impl LastVersions {
    /// Of one device; 0 before the first.
    pub(super) fn of(&self, client_id: &ClientId) -> i64 {
        self.0.get(client_id.as_str()).copied().unwrap_or_default()
    }
}

/// Reads those of these devices.
pub(super) async fn last_versions(
    connection: &mut PgConnection,
    client_ids: &[&str],
) -> Result<LastVersions, Fault> {
    if client_ids.is_empty() {
        return Ok(LastVersions(HashMap::new()));
    }
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT w.client_id, h.version
           FROM unnest($1::text[]) AS w (client_id)
          CROSS JOIN LATERAL (
                SELECT h.version
                  FROM connection_history h
                 WHERE h.client_id = w.client_id
                 ORDER BY h.version DESC
                 LIMIT 1) h",
    )
    .bind(client_ids)
    .fetch_all(connection)
    .await?;
    Ok(LastVersions(rows.into_iter().collect()))
}

/// The changes of these devices that are not told yet, per device in version order.
pub(super) async fn unpublished(
    connection: &mut PgConnection,
    client_ids: &[&str],
) -> Result<Vec<RecordedChange>, Fault> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT client_id, event
           FROM connection_history
          WHERE NOT published AND client_id = ANY($1)
          ORDER BY client_id, version",
    )
    .bind(client_ids)
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(client_id, event)| {
            let change = serde_json::from_str(&event);
            Ok(RecordedChange {
                client_id: client_id_of(client_id)?,
                change: change.map_err(|_| Fault::column("connection_history.event"))?,
            })
        })
        .collect()
}

/// Marks changes as told. What they said is in the events topic now.
pub(super) async fn mark_published(
    connection: &mut PgConnection,
    changes: &[(ClientId, i64)],
) -> Result<(), Fault> {
    let mut rows: Vec<(&str, i64)> = changes
        .iter()
        .map(|(client_id, version)| (client_id.as_str(), *version))
        .collect();
    rows.sort_unstable();
    sqlx::query(
        "UPDATE connection_history h
            SET published = true, event = NULL
           FROM unnest($1::text[], $2::bigint[]) AS w (client_id, version)
          WHERE h.client_id = w.client_id AND h.version = w.version AND NOT h.published",
    )
    .bind(column(&rows, |(client_id, _)| *client_id))
    .bind(column(&rows, |(_, version)| *version))
    .execute(connection)
    .await?;
    Ok(())
}
