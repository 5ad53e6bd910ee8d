//! The steps of messages as they are written, and what of them is still to be told.

use std::collections::HashMap;

use connector_domain::id::{MessageKey, OrgId};
use connector_domain::message::{Message, MessageState, Moved, Transition};
use connector_domain::stamp::Stamp;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::row::{self, COLUMNS, state_of};
use crate::columns::columns;
use crate::error::Fault;
use crate::rows::column;

columns! {
    pub(super) struct Row {
        step_seq: i64,
        from_state: Option<String>,
        to_state: String,
        at: i64,
        detail: Option<String>,
    }
}

/// The columns of [`Row`].
pub(super) const STEP_COLUMNS: &str = "t.seq AS step_seq, t.from_state, t.to_state, t.at, t.detail";

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

/// Adds the steps that were just taken, to be told.
pub(super) async fn add(connection: &mut PgConnection, steps: &[&Moved]) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO message_transitions (client_id, message_id, seq, org_id, from_state, to_state, at, detail)
         SELECT * FROM unnest(
             $1::text[],
             $2::uuid[],
             $3::bigint[],
             $4::text[],
             $5::text[],
             $6::text[],
             $7::bigint[],
             $8::text[]
         )",
    )
    .bind(column(steps, |moved| moved.message.client_id.as_str()))
    .bind(column(steps, |moved| moved.message.message_id.as_uuid()))
    .bind(column(steps, |moved| moved.transition.seq))
    .bind(column(steps, |moved| {
        moved.message.org_id.as_ref().map(OrgId::as_str)
    }))
    .bind(column(steps, |moved| {
        moved.transition.from.map(MessageState::as_str)
    }))
    .bind(column(steps, |moved| moved.transition.to.as_str()))
    .bind(column(steps, |moved| moved.transition.at.as_nanos()))
    .bind(column(steps, |moved| moved.transition.detail.as_deref()))
    .execute(connection)
    .await?;
    Ok(())
}

/// Those not told that were taken before a time, oldest first.
pub(super) async fn unpublished_before(
    connection: &mut PgConnection,
    before: Stamp,
    limit: u16,
) -> Result<Vec<Moved>, Fault> {
    let select = format!(
        "SELECT {COLUMNS}, {STEP_COLUMNS}
           FROM message_transitions t
           JOIN messages m ON m.client_id = t.client_id AND m.message_id = t.message_id
          WHERE NOT t.published AND t.at < $1
          ORDER BY t.at, t.client_id, t.message_id, t.seq
          LIMIT {limit}"
    );
    let rows: Vec<MovedRow> = sqlx::query_as(AssertSqlSafe(select))
        .bind(before.as_nanos())
        .fetch_all(connection)
        .await?;
    rows.into_iter().map(Moved::try_from).collect()
}

/// What messages from devices caused that is not told: of each, first its own steps, then the answer of the message it
/// answers.
pub(super) async fn unpublished_of_arrivals(
    connection: &mut PgConnection,
    arrivals: &[&Message],
) -> Result<HashMap<MessageKey, Vec<Moved>>, Fault> {
    let untold = unpublished_of_each(connection, arrivals).await?;
    let of = |key: &MessageKey| untold.get(key).into_iter().flatten();
    let told_by = |arrival: &Message| {
        let answered = arrival.response_to.map(|message_id| MessageKey {
            client_id: arrival.client_id.clone(),
            message_id,
        });
        let answer = answered.iter().flat_map(of).filter(|moved| {
            matches!(
                moved.transition.to,
                MessageState::Responded | MessageState::Rejected
            )
        });
        of(&arrival.key()).chain(answer).cloned().collect()
    };
    Ok(arrivals
        .iter()
        .map(|arrival| (arrival.key(), told_by(arrival)))
        .collect())
}

/// The steps not told of these messages and of those they answer.
async fn unpublished_of_each(
    connection: &mut PgConnection,
    arrivals: &[&Message],
) -> Result<HashMap<MessageKey, Vec<Moved>>, Fault> {
    let mut untold: HashMap<MessageKey, Vec<Moved>> = HashMap::new();
    if arrivals.is_empty() {
        return Ok(untold);
    }
    let select = format!(
        "SELECT {COLUMNS}, {STEP_COLUMNS}
           FROM (SELECT DISTINCT client_id, message_id
                   FROM unnest($1::text[], $2::uuid[]) AS w (client_id, message_id)) w
           JOIN message_transitions t ON t.client_id = w.client_id AND t.message_id = w.message_id
           JOIN messages m ON m.client_id = t.client_id AND m.message_id = t.message_id
          WHERE NOT t.published
          ORDER BY t.client_id, t.message_id, t.seq"
    );
    let keys: Vec<(&str, Uuid)> = arrivals
        .iter()
        .flat_map(|arrival| {
            let own = Some(arrival.message_id);
            let ids = own.into_iter().chain(arrival.response_to);
            ids.map(|id| (arrival.client_id.as_str(), id.as_uuid()))
        })
        .collect();
    let rows: Vec<MovedRow> = sqlx::query_as(AssertSqlSafe(select))
        .bind(column(&keys, |(client_id, _)| *client_id))
        .bind(column(&keys, |(_, message_id)| *message_id))
        .fetch_all(connection)
        .await?;
    for row in rows {
        let moved = Moved::try_from(row)?;
        untold.entry(moved.message.key()).or_default().push(moved);
    }
    Ok(untold)
}

/// Marks steps as told.
pub(super) async fn mark_published(
    connection: &mut PgConnection,
    transitions: &[(MessageKey, i64)],
) -> Result<(), Fault> {
    let mut rows: Vec<&(MessageKey, i64)> = transitions.iter().collect();
    rows.sort_unstable();
    sqlx::query(
        "UPDATE message_transitions t
            SET published = true
           FROM unnest($1::text[], $2::uuid[], $3::bigint[]) AS w (client_id, message_id, seq)
          WHERE t.client_id = w.client_id
            AND t.message_id = w.message_id
            AND t.seq = w.seq
            AND NOT t.published",
    )
    .bind(column(&rows, |(key, _)| key.client_id.as_str()))
    .bind(column(&rows, |(key, _)| key.message_id.as_uuid()))
    .bind(column(&rows, |(_, seq)| *seq))
    .execute(connection)
    .await?;
    Ok(())
}
