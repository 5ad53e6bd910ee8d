//! Writing the narrow row, which every record of a device moves.

use connector_domain::connection::Connection;
use connector_domain::id::OrgId;
use sqlx::PgConnection;

use crate::error::Fault;
use crate::rows::column;

/// Writes one row of `connection_liveness` each, after that of `connections`. The devices are locked, or their rows of
/// `connections` are this transaction's own.
pub(super) async fn write(
    connection: &mut PgConnection,
    records: &[&Connection],
) -> Result<(), Fault> {
    if records.is_empty() {
        return Ok(());
    }
    let recent_ids: Vec<String> = records
        .iter()
        .map(|record| serde_json::to_string(&record.recent_ids))
        .collect::<Result<_, _>>()?;
    let doubts: Vec<Option<String>> = records
        .iter()
        .map(|record| record.tenant_doubts.as_ref().map(serde_json::to_string))
        .map(Option::transpose)
        .collect::<Result<_, _>>()?;
    sqlx::query(
        "INSERT INTO connection_liveness (
            client_id,
            org_id,
            last_seen_at,
            position_stamp,
            position_partition,
            position_offset,
            recent_ids,
            tenant_doubts
        )
        SELECT * FROM unnest(
            $1::text[],
            $2::text[],
            $3::bigint[],
            $4::bigint[],
            $5::integer[],
            $6::bigint[],
            $7::text[],
            $8::text[]
        )
        ON CONFLICT (client_id) DO UPDATE SET
            org_id = excluded.org_id,
            last_seen_at = excluded.last_seen_at,
            position_stamp = excluded.position_stamp,
            position_partition = excluded.position_partition,
            position_offset = excluded.position_offset,
            recent_ids = excluded.recent_ids,
            tenant_doubts = excluded.tenant_doubts",
    )
    .bind(column(records, |record| record.client_id.as_str()))
    .bind(column(records, |record| {
        record.tenant.org_id().map(OrgId::as_str)
    }))
    .bind(column(records, |record| record.last_seen_at.as_nanos()))
    .bind(column(records, |record| record.position.stamp.as_nanos()))
    .bind(column(records, |record| record.position.partition))
    .bind(column(records, |record| record.position.offset))
    .bind(recent_ids)
    .bind(doubts)
    .execute(connection)
    .await?;
    Ok(())
}
