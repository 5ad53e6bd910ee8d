//! Signs of life that change nothing else.

use std::collections::BTreeMap;

use connector_domain::id::ClientId;
use connector_domain::stamp::Stamp;

use super::lock::lock;
use crate::error::Fault;
use crate::pool::PostgresStore;

/// Moves `last_seen_at` on, never back.
pub(super) async fn touch(store: &PostgresStore, seen: &[(ClientId, Stamp)]) -> Result<(), Fault> {
    let (client_ids, stamps) = latest_of_each(seen);
    let mut transaction = store.ingesting().await?;
    lock(&mut transaction, &client_ids).await?;
    sqlx::query(
        "UPDATE connection_liveness l
            SET last_seen_at = w.at
           FROM unnest($1::text[], $2::bigint[]) AS w (client_id, at)
          WHERE l.client_id = w.client_id AND w.at > l.last_seen_at",
    )
    .bind(client_ids)
    .bind(stamps)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(())
}

/// Each device once, in order.
fn latest_of_each(seen: &[(ClientId, Stamp)]) -> (Vec<&str>, Vec<i64>) {
    let mut latest: BTreeMap<&str, i64> = BTreeMap::new();
    for (client_id, stamp) in seen {
        let at = stamp.as_nanos();
        let entry = latest.entry(client_id.as_str()).or_insert(at);
        *entry = (*entry).max(at);
    }
    latest.into_iter().unzip()
}
