//! Devices whose tenant is to be looked up again.

use connector_domain::id::ClientId;
use connector_domain::port::{DueDevice, TenantDue};
use sqlx::{QueryBuilder, Sqlite, SqlitePool};

use super::row::{client_id_of, doubts_of};
use crate::error::Fault;

/// One page of them.
pub(super) async fn due(
    readers: &SqlitePool,
    due: TenantDue,
    after: Option<&ClientId>,
    limit: u16,
) -> Result<Vec<DueDevice>, Fault> {
    // As the conditions of the two partial indexes are written.
    let of_kind = match due {
        TenantDue::Pending => "c.org_id IS NULL AND c.tenant_status = 'PENDING'",
        TenantDue::None => "c.org_id IS NULL AND c.tenant_status = 'NONE'",
        TenantDue::Doubted => "l.tenant_doubts IS NOT NULL",
    };
    let key = match due {
        TenantDue::Pending | TenantDue::None => "c.client_id",
        TenantDue::Doubted => "l.client_id",
    };
    let mut query = QueryBuilder::<Sqlite>::new(
        "SELECT c.client_id,
                c.version,
                l.tenant_doubts
           FROM connections c
           JOIN connection_liveness l ON l.client_id = c.client_id
          WHERE ",
    );
    query.push(of_kind).push(" AND ").push(key).push(" > ");
    // No client id is empty.
    query.push_bind(after.map_or("", ClientId::as_str));
    query.push(" ORDER BY ").push(key).push(" LIMIT ");
    query.push_bind(i64::from(limit));
    let rows: Vec<(String, i64, Option<String>)> =
        query.build_query_as().fetch_all(readers).await?;
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
