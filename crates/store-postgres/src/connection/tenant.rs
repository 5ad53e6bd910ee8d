//! Devices whose tenant is to be looked up again.

use connector_domain::id::ClientId;
use connector_domain::port::{DueDevice, TenantDue};
use sqlx::{AssertSqlSafe, PgPool};

use super::row::{client_id_of, doubts_of};
use crate::error::Fault;

/// One page of them.
pub(super) async fn due(
    pool: &PgPool,
    due: TenantDue,
    after: Option<&ClientId>,
    limit: u16,
) -> Result<Vec<DueDevice>, Fault> {
    // As the conditions of the two partial indexes are written.
    let (of_kind, key) = match due {
        TenantDue::Pending => (
            "c.org_id IS NULL AND c.tenant_status = 'PENDING'",
            "c.client_id",
        ),
        TenantDue::None => (
            "c.org_id IS NULL AND c.tenant_status = 'NONE'",
            "c.client_id",
        ),
        TenantDue::Doubted => ("l.tenant_doubts IS NOT NULL", "l.client_id"),
    };
    let select = format!(
        "SELECT c.client_id,
                c.version,
                l.tenant_doubts
           FROM connections c
           JOIN connection_liveness l ON l.client_id = c.client_id
          WHERE {of_kind}
            AND {key} > $1
          ORDER BY {key}
          LIMIT $2"
    );
    let rows: Vec<(String, i64, Option<String>)> = sqlx::query_as(AssertSqlSafe(select))
        // No client id is empty.
        .bind(after.map_or("", ClientId::as_str))
        .bind(i64::from(limit))
        .fetch_all(pool)
        .await?;
    rows.into_iter()
        .map(|(client_id, version, doubts)| {
            Ok(DueDevice {
                client_id: client_id_of(client_id)?,
                version,
                doubts: doubts_of(doubts.as_deref())?,
            })
        })
        .collect()
}
