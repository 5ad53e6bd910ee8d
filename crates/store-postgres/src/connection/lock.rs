//! Who may change a device's record: whoever locked its row of `connection_liveness`.
//!
//! That row, since nearly every batch rewrites it anyway, while the wide row of `connections` stays untouched until
//! there is something to see.

use sqlx::PgConnection;

use crate::error::Fault;

/// Locks the rows of these devices until the transaction ends, waiting for others' locks. Everybody locks in the order
/// of client ids, so nobody waits in a circle. Devices without a row are not locked: see `record::insert`.
///
/// Returns nothing of the rows, on purpose: they are read by a later statement, which sees what the last holder of the
/// lock committed in other tables too. This one, begun before the wait, would not.
pub(super) async fn lock(connection: &mut PgConnection, sorted_ids: &[&str]) -> Result<(), Fault> {
    sqlx::query(
        "SELECT 1
           FROM connection_liveness
          WHERE client_id = ANY($1)
          ORDER BY client_id
            FOR UPDATE",
    )
    .bind(sorted_ids)
    .execute(connection)
    .await?;
    Ok(())
}
