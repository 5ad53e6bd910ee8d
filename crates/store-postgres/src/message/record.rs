//! Finding, locking and stepping messages that are stored.

use connector_domain::id::MessageKey;
use connector_domain::message::{Message, Moved};
use sqlx::{AssertSqlSafe, PgConnection};

use super::row::{COLUMNS, Row, messages_of};
use super::transition;
use crate::error::Fault;
use crate::rows::{column, sorted_keys};

/// Stores steps of messages that are locked, one each, and their transitions to be told.
pub(super) async fn save_steps(
    connection: &mut PgConnection,
    steps: &[&Moved],
) -> Result<(), Fault> {
    if steps.is_empty() {
        return Ok(());
    }
    let updated = sqlx::query(
        "UPDATE messages m
            SET state = w.state, seq = w.seq, failure_code = w.failure_code, failure_message = w.failure_message
           FROM unnest($1::text[], $2::uuid[], $3::text[], $4::bigint[], $5::text[], $6::text[])
             AS w (client_id, message_id, state, seq, failure_code, failure_message)
          WHERE m.client_id = w.client_id AND m.message_id = w.message_id AND m.seq = w.seq - 1",
    )
    .bind(column(steps, |moved| moved.message.client_id.as_str()))
    .bind(column(steps, |moved| moved.message.message_id.as_uuid()))
    .bind(column(steps, |moved| moved.message.state.as_str()))
    .bind(column(steps, |moved| moved.message.seq))
    .bind(column(steps, |moved| {
        let failure = moved.message.failure.as_ref();
        failure.map(|failure| failure.code.as_str())
    }))
    .bind(column(steps, |moved| {
        let failure = moved.message.failure.as_ref();
        failure.map(|failure| failure.message.as_str())
    }))
    .execute(&mut *connection)
    .await?;
    if usize::try_from(updated.rows_affected()) != Ok(steps.len()) {
        return Err(Fault::Raced);
    }
    transition::add(connection, steps).await
}

/// The messages of these keys, whosever they are.
pub(super) async fn find<'a>(
    connection: &mut PgConnection,
    keys: impl IntoIterator<Item = &'a MessageKey>,
) -> Result<Vec<Message>, Fault> {
    find_and(connection, keys, "").await
}

/// The same, locked until the transaction ends, in the order of their keys.
pub(super) async fn lock<'a>(
    connection: &mut PgConnection,
    keys: impl IntoIterator<Item = &'a MessageKey>,
) -> Result<Vec<Message>, Fault> {
    find_and(
        connection,
        keys,
        "ORDER BY m.client_id, m.message_id FOR UPDATE OF m",
    )
    .await
}

async fn find_and<'a>(
    connection: &mut PgConnection,
    keys: impl IntoIterator<Item = &'a MessageKey>,
    and: &str,
) -> Result<Vec<Message>, Fault> {
    let (client_ids, message_ids) = sorted_keys(keys);
    if client_ids.is_empty() {
        return Ok(Vec::new());
    }
    let select = format!(
        "SELECT {COLUMNS}
           FROM unnest($1::text[], $2::uuid[]) AS w (client_id, message_id)
           JOIN messages m ON m.client_id = w.client_id AND m.message_id = w.message_id
          {and}"
    );
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(select))
        .bind(client_ids)
        .bind(message_ids)
        .fetch_all(connection)
        .await?;
    messages_of(rows)
}
