//! Writing connection records: the wide row where something visible changed, the narrow one for every record.

use connector_domain::connection::{Connection, ConnectionView};
use connector_domain::id::ClientId;
use connector_domain::stamp::Stamp;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::row::tenant_status;
use crate::batch;
use crate::error::Fault;

/// A record to write, and when its newest version was made.
pub(super) struct Visible<'a> {
    pub(super) record: &'a Connection,
    pub(super) view: &'a ConnectionView,
    pub(super) changed_at: Stamp,
}

/// Writes what anybody can see: one row of `connections` each.
pub(super) async fn write_visible(
    connection: &mut SqliteConnection,
    records: &[Visible<'_>],
) -> Result<(), Fault> {
    for some in records.chunks(batch::ROWS) {
        let details: Vec<Option<String>> = some
            .iter()
            .map(|each| each.record.details.as_ref().map(serde_json::to_string))
            .map(Option::transpose)
            .collect::<Result<_, _>>()?;
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO connections (
                client_id,
                tenant_status,
                org_id,
                account_number,
                state,
                reason,
                state_changed_at,
                first_seen_at,
                changed_at,
                version,
                client_name,
                client_name_lower,
                client_version,
                client_version_lower,
                fqdn,
                fqdn_lower,
                insights_id,
                subscription_manager_id,
                details,
                shared_identity_suspected
            ) ",
        );
        query.push_values(some.iter().zip(details), |mut row, (each, details)| {
            let (record, view) = (each.record, each.view);
            let account = record.tenant.account();
            let number = account.and_then(|account| account.account_number.as_ref());
            row.push_bind(record.client_id.as_str())
                .push_bind(tenant_status(&record.tenant))
                .push_bind(account.map(|account| account.org_id.as_str()))
                .push_bind(number.map(connector_domain::id::AccountNumber::as_str))
                .push_bind(record.state.as_str())
                .push_bind(record.reason.as_str())
                .push_bind(record.state_changed_at.as_nanos())
                .push_bind(record.first_seen_at.as_nanos())
                .push_bind(each.changed_at.as_nanos())
                .push_bind(record.version)
                .push_bind(view.client_name.as_deref())
                .push_bind(lower(view.client_name.as_deref()))
                .push_bind(view.client_version.as_deref())
                .push_bind(lower(view.client_version.as_deref()))
                .push_bind(view.fqdn.as_deref())
                .push_bind(lower(view.fqdn.as_deref()))
                .push_bind(view.insights_id.map(|id| id.to_string()))
                .push_bind(view.subscription_manager_id.map(|id| id.to_string()))
                .push_bind(details)
                .push_bind(record.shared_identity_suspected);
        });
        query.push(
            " ON CONFLICT (client_id) DO UPDATE SET
                tenant_status = excluded.tenant_status,
                org_id = excluded.org_id,
                account_number = excluded.account_number,
                state = excluded.state,
                reason = excluded.reason,
                state_changed_at = excluded.state_changed_at,
                changed_at = excluded.changed_at,
                version = excluded.version,
                client_name = excluded.client_name,
                client_name_lower = excluded.client_name_lower,
                client_version = excluded.client_version,
                client_version_lower = excluded.client_version_lower,
                fqdn = excluded.fqdn,
                fqdn_lower = excluded.fqdn_lower,
                insights_id = excluded.insights_id,
                subscription_manager_id = excluded.subscription_manager_id,
                details = excluded.details,
                shared_identity_suspected = excluded.shared_identity_suspected",
        );
        query
            .build()
            .persistent(false)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Writes what every record moves: one row of `connection_liveness` each, after that of `connections`.
pub(super) async fn write_liveness(
    connection: &mut SqliteConnection,
    records: &[&Connection],
) -> Result<(), Fault> {
    for some in records.chunks(batch::ROWS) {
        let recent_ids: Vec<String> = some
            .iter()
            .map(|record| serde_json::to_string(&record.recent_ids))
            .collect::<Result<_, _>>()?;
        let doubts: Vec<Option<String>> = some
            .iter()
            .map(|record| record.tenant_doubts.as_ref().map(serde_json::to_string))
            .map(Option::transpose)
            .collect::<Result<_, _>>()?;
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO connection_liveness (
                client_id,
                last_seen_at,
                position_stamp,
                position_partition,
                position_offset,
                recent_ids,
                tenant_doubts
            ) ",
        );
        query.push_values(
            some.iter().zip(recent_ids).zip(doubts),
            |mut row, ((record, recent_ids), doubts)| {
                row.push_bind(record.client_id.as_str())
                    .push_bind(record.last_seen_at.as_nanos())
                    .push_bind(record.position.stamp.as_nanos())
                    .push_bind(record.position.partition)
                    .push_bind(record.position.offset)
                    .push_bind(recent_ids)
                    .push_bind(doubts);
            },
        );
        query.push(
            " ON CONFLICT (client_id) DO UPDATE SET
                last_seen_at = excluded.last_seen_at,
                position_stamp = excluded.position_stamp,
                position_partition = excluded.position_partition,
                position_offset = excluded.position_offset,
                recent_ids = excluded.recent_ids,
                tenant_doubts = excluded.tenant_doubts",
        );
        query
            .build()
            .persistent(false)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Moves `last_seen_at` on, never back. Each device occurs once.
pub(super) async fn touch(
    connection: &mut SqliteConnection,
    seen: &[(&ClientId, Stamp)],
) -> Result<(), Fault> {
    for some in seen.chunks(batch::ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new("WITH seen (client_id, at) AS (");
        query.push_values(some, |mut row, (client_id, at)| {
            row.push_bind(client_id.as_str()).push_bind(at.as_nanos());
        });
        query.push(
            ")
            UPDATE connection_liveness
               SET last_seen_at = seen.at
              FROM seen
             WHERE seen.client_id = connection_liveness.client_id
               AND seen.at > connection_liveness.last_seen_at",
        );
        query
            .build()
            .persistent(false)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

fn lower(text: Option<&str>) -> Option<String> {
    text.map(str::to_lowercase)
}
