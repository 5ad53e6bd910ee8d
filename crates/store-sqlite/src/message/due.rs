//! Messages whose time has come: left by a crashed sender, or no longer worth delivering.

use connector_domain::message::{Message, MessageState, Moved, Step};
use connector_domain::stamp::Stamp;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::record;
use super::row::{COLUMNS, Row, messages_of};
use crate::error::Fault;
use crate::predicate::wanted;

/// Whether a message may still be delivered.
#[derive(Clone, Copy)]
enum Expiry {
    Ahead,
    Past,
}

/// Gives abandoned messages a new lease and marks them redelivered.
pub(super) async fn claim(
    connection: &mut SqliteConnection,
    now: Stamp,
    lease_until: Stamp,
    limit: u16,
) -> Result<Vec<Message>, Fault> {
    let mut abandoned = unleased(connection, Expiry::Ahead, now, limit).await?;
    if abandoned.is_empty() {
        return Ok(abandoned);
    }
    let keys = abandoned
        .iter()
        .map(|message| (message.client_id.as_str(), message.message_id.to_string()));
    let mut query = wanted("client_id, message_id", keys);
    query
        .push("UPDATE messages SET redelivered = 1, lease_until = ")
        .push_bind(lease_until.as_nanos())
        .push(
            " FROM wanted w
             WHERE messages.client_id = w.client_id AND messages.message_id = w.message_id",
        );
    query
        .build()
        .persistent(false)
        .execute(&mut *connection)
        .await?;
    for message in &mut abandoned {
        message.redelivered = true;
    }
    Ok(abandoned)
}

/// Moves messages past their time to EXPIRED.
pub(super) async fn expire(
    connection: &mut SqliteConnection,
    now: Stamp,
    limit: u16,
) -> Result<Vec<Moved>, Fault> {
    let mut expired = Vec::new();
    for message in unleased(connection, Expiry::Past, now, limit).await? {
        if let Ok(moved) = message.step(Step::to(MessageState::Expired, now)) {
            record::save_step(connection, &moved).await?;
            expired.push(moved);
        }
    }
    Ok(expired)
}

/// QUEUED messages that nobody holds, those waiting longest first.
async fn unleased(
    connection: &mut SqliteConnection,
    expiry: Expiry,
    now: Stamp,
    limit: u16,
) -> Result<Vec<Message>, Fault> {
    let mut query = QueryBuilder::<Sqlite>::new(format!(
        "SELECT {COLUMNS} FROM messages m WHERE m.state = 'QUEUED' AND m.lease_until < "
    ));
    query.push_bind(now.as_nanos()).push(match expiry {
        Expiry::Ahead => " AND (m.expires_at IS NULL OR m.expires_at >= ",
        Expiry::Past => " AND (m.expires_at < ",
    });
    query
        .push_bind(now.as_nanos())
        .push(") ORDER BY m.lease_until, m.created_at, m.message_id, m.client_id LIMIT ")
        .push_bind(i64::from(limit));
    let rows: Vec<Row> = query.build_query_as().fetch_all(connection).await?;
    messages_of(rows)
}
