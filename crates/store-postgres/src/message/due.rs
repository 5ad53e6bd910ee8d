//! Messages whose time has come: left by a crashed sender, or no longer worth delivering.
//!
//! Replicas look at the same time: each takes what no other has locked.

use connector_domain::message::{Message, MessageState, Moved, Step};
use connector_domain::stamp::Stamp;
use sqlx::{AssertSqlSafe, PgConnection};

use super::record;
use super::row::{COLUMNS, Row, messages_of};
use crate::error::Fault;
use crate::rows::column;

/// Whether a message may still be delivered.
#[derive(Clone, Copy)]
enum Expiry {
    Ahead,
    Past,
}

/// Gives abandoned messages a new lease and marks them redelivered.
pub(super) async fn claim(
    connection: &mut PgConnection,
    now: Stamp,
    lease_until: Stamp,
    limit: u16,
) -> Result<Vec<Message>, Fault> {
    let mut abandoned = unleased(connection, Expiry::Ahead, now, limit).await?;
    if abandoned.is_empty() {
        return Ok(abandoned);
    }
    sqlx::query(
        "UPDATE messages m
            SET redelivered = true, lease_until = $3
           FROM unnest($1::text[], $2::uuid[]) AS w (client_id, message_id)
          WHERE m.client_id = w.client_id AND m.message_id = w.message_id",
    )
    .bind(column(&abandoned, |message| message.client_id.as_str()))
    .bind(column(&abandoned, |message| message.message_id.as_uuid()))
    .bind(lease_until.as_nanos())
    .execute(connection)
    .await?;
    for message in &mut abandoned {
        message.redelivered = true;
    }
    Ok(abandoned)
}

/// Moves messages past their time to EXPIRED.
pub(super) async fn expire(
    connection: &mut PgConnection,
    now: Stamp,
    limit: u16,
) -> Result<Vec<Moved>, Fault> {
    let past = unleased(connection, Expiry::Past, now, limit).await?;
    let expired: Vec<Moved> = past
        .into_iter()
        .filter_map(|message| message.step(Step::to(MessageState::Expired, now)).ok())
        .collect();
    record::save_steps(connection, &column(&expired, |moved| moved)).await?;
    Ok(expired)
}

/// QUEUED messages that nobody holds, those waiting longest first, locked until the transaction ends.
async fn unleased(
    connection: &mut PgConnection,
    expiry: Expiry,
    now: Stamp,
    limit: u16,
) -> Result<Vec<Message>, Fault> {
    let expires = match expiry {
        Expiry::Ahead => "(m.expires_at IS NULL OR m.expires_at >= $1)",
        Expiry::Past => "m.expires_at < $1",
    };
    let select = format!(
        "SELECT {COLUMNS}
           FROM messages m
          WHERE m.state = 'QUEUED' AND m.lease_until < $1 AND {expires}
          ORDER BY m.lease_until, m.created_at, m.message_id, m.client_id
          LIMIT {limit}
            FOR UPDATE SKIP LOCKED"
    );
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(select))
        .bind(now.as_nanos())
        .fetch_all(connection)
        .await?;
    messages_of(rows)
}
