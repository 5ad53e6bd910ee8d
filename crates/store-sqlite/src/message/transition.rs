//! The steps of messages: their timelines, and what is still to be told.

use std::collections::HashMap;

use connector_domain::id::MessageKey;
use connector_domain::message::{Message, Moved, Transition};
use connector_domain::scope::Scope;
use connector_domain::stamp::Stamp;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, SqlitePool};

use super::key::{columns_of, distinct, key_of};
use super::row::{self, COLUMNS, state_of};
use crate::batch;
use crate::columns::columns;
use crate::error::Fault;
use crate::predicate::{push_scope, wanted};

columns! {
    struct Row {
        step_seq: i64,
        from_state: Option<String>,
        to_state: String,
        at: i64,
        detail: Option<String>,
    }
}

impl TryFrom<Row> for Transition {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        Ok(Self {
            seq: row.step_seq,
            from: row.from_state.as_deref().map(state_of).transpose()?,
            to: state_of(&row.to_state)?,
            at: Stamp::from_nanos(row.at),
            detail: row.detail,
        })
    }
}

columns! {
    struct MovedRow {
        ;
        message: row::Row,
        transition: Row,
    }
}

impl TryFrom<MovedRow> for Moved {
    type Error = Fault;

    fn try_from(row: MovedRow) -> Result<Self, Fault> {
        let transition = Transition::try_from(row.transition)?;
        Ok(Message::try_from(row.message)?.moved_by(transition))
    }
}

columns! {
    struct KeyedRow {
        client_id: String,
        message_id: String;
        transition: Row,
    }
}

/// Adds the step that was just taken, to be told.
pub(super) async fn add(connection: &mut SqliteConnection, moved: &Moved) -> Result<(), Fault> {
    let Moved {
        message,
        transition,
    } = moved;
    sqlx::query(
        "INSERT INTO message_transitions (client_id, message_id, seq, from_state, to_state, at, detail)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(message.client_id.as_str())
    .bind(message.message_id.to_string())
    .bind(transition.seq)
    .bind(transition.from.map(connector_domain::message::MessageState::as_str))
    .bind(transition.to.as_str())
    .bind(transition.at.as_nanos())
    .bind(transition.detail.as_deref())
    .execute(connection)
    .await?;
    Ok(())
}

/// Begins a statement that reads steps that are not told, each with its message.
fn select_unpublished() -> QueryBuilder<Sqlite> {
    QueryBuilder::new(format!(
        "SELECT {COLUMNS}, t.seq AS step_seq, t.from_state, t.to_state, t.at, t.detail
           FROM message_transitions t
           JOIN messages m ON m.client_id = t.client_id AND m.message_id = t.message_id
          WHERE t.published = 0"
    ))
}

/// Those taken before a time, oldest first.
pub(super) async fn unpublished_before(
    connection: &mut SqliteConnection,
    before: Stamp,
    limit: u16,
) -> Result<Vec<Moved>, Fault> {
    let mut query = select_unpublished();
    query
        .push(" AND t.at < ")
        .push_bind(before.as_nanos())
        .push(" ORDER BY t.at, t.client_id, t.message_id, t.seq LIMIT ")
        .push_bind(i64::from(limit));
    let rows: Vec<MovedRow> = query.build_query_as().fetch_all(connection).await?;
    rows.into_iter().map(Moved::try_from).collect()
}

/// Those that a message from a device caused: its own first, and the answer of the message it answers.
pub(super) async fn unpublished_of_arrival(
    connection: &mut SqliteConnection,
    arrival: &Message,
) -> Result<Vec<Moved>, Fault> {
    let mut query = select_unpublished();
    query
        .push(" AND t.client_id = ")
        .push_bind(arrival.client_id.as_str())
        .push(" AND (t.message_id = ")
        .push_bind(arrival.message_id.to_string());
    if let Some(answered) = arrival.response_to {
        query
            .push(" OR (t.message_id = ")
            .push_bind(answered.to_string())
            .push(" AND t.to_state IN ('RESPONDED', 'REJECTED'))");
    }
    query.push(") ORDER BY t.message_id = ");
    query
        .push_bind(arrival.message_id.to_string())
        .push(" DESC, t.seq");
    let rows: Vec<MovedRow> = query.build_query_as().fetch_all(connection).await?;
    rows.into_iter().map(Moved::try_from).collect()
}

/// Marks steps as told.
pub(super) async fn mark_published(
    connection: &mut SqliteConnection,
    transitions: &[(MessageKey, i64)],
) -> Result<(), Fault> {
    for some in transitions.chunks(batch::ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new("WITH told (client_id, message_id, seq) AS (");
        query.push_values(some, |mut row, (key, seq)| {
            row.push_bind(key.client_id.as_str())
                .push_bind(key.message_id.to_string())
                .push_bind(*seq);
        });
        query.push(
            ") UPDATE message_transitions
                SET published = 1
               FROM told
              WHERE message_transitions.client_id = told.client_id
                AND message_transitions.message_id = told.message_id
                AND message_transitions.seq = told.seq",
        );
        query
            .build()
            .persistent(false)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// The timelines of these messages, oldest step first.
pub(super) async fn timelines(
    readers: &SqlitePool,
    scope: &Scope,
    keys: &[MessageKey],
) -> Result<HashMap<MessageKey, Vec<Transition>>, Fault> {
    let mut timelines: HashMap<MessageKey, Vec<Transition>> = HashMap::new();
    for some in distinct(keys).chunks(batch::ROWS) {
        let mut query = wanted("client_id, message_id", columns_of(some));
        query.push(
            "SELECT t.client_id, t.message_id, t.seq AS step_seq, t.from_state, t.to_state, t.at, t.detail
               FROM wanted w
               JOIN messages m ON m.client_id = w.client_id AND m.message_id = w.message_id
               JOIN message_transitions t ON t.client_id = m.client_id AND t.message_id = m.message_id
              WHERE ",
        );
        push_scope(&mut query, "m.org_id", scope);
        query.push(" ORDER BY t.client_id, t.message_id, t.seq");
        let rows: Vec<KeyedRow> = query.build_query_as().fetch_all(readers).await?;
        for row in rows {
            let key = key_of(row.client_id, &row.message_id)?;
            let transition = Transition::try_from(row.transition)?;
            timelines.entry(key).or_default().push(transition);
        }
    }
    Ok(timelines)
}
