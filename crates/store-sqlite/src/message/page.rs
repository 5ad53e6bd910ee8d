//! `MessageOrder` as SQL: keyset pages, of one list or of many at once.

use connector_domain::message::{Message, MessageKeyset};
use connector_domain::page::{Direction, Page, PageEnd, PageRequest};
use sqlx::{QueryBuilder, Sqlite, SqlitePool};

use super::row::{COLUMNS, Row, messages_of};
use crate::error::Fault;

/// Completes a statement that selects messages by its conditions, and reads one page of them.
pub(super) async fn read(
    readers: &SqlitePool,
    mut query: QueryBuilder<Sqlite>,
    direction: Direction,
    page: &PageRequest<MessageKeyset>,
) -> Result<Page<Message>, Fault> {
    push_bounds(&mut query, direction, page);
    let way = way(direction, page.end);
    query
        .push(format_args!(
            " ORDER BY m.created_at {way}, m.message_id {way}, m.client_id {way} LIMIT "
        ))
        .push_bind(i64::from(page.count) + 1);
    let rows: Vec<Row> = query.build_query_as().fetch_all(readers).await?;
    Ok(page.page_of(messages_of(rows)?))
}

/// Begins a table `ranked` of the places of messages in their lists; the caller appends its `FROM messages m` and
/// conditions, then [`read_each`] completes the statement. Only keys are ranked, so that payloads are read for what is
/// returned.
pub(super) fn push_ranked(
    query: &mut QueryBuilder<Sqlite>,
    lists: &str,
    direction: Direction,
    end: PageEnd,
) {
    let way = way(direction, end);
    query.push(format_args!(
        "ranked AS (
            SELECT m.client_id,
                   m.message_id,
                   ROW_NUMBER() OVER (PARTITION BY {lists} ORDER BY m.created_at {way}, m.message_id {way}) AS place
              "
    ));
}

/// Reads one more message of each list than asked, nearest the asked end first.
pub(super) async fn read_each(
    readers: &SqlitePool,
    mut query: QueryBuilder<Sqlite>,
    direction: Direction,
    page: &PageRequest<MessageKeyset>,
) -> Result<Vec<Message>, Fault> {
    push_bounds(&mut query, direction, page);
    query
        .push(format_args!(
            ")
            SELECT {COLUMNS}
              FROM ranked r
              JOIN messages m ON m.client_id = r.client_id AND m.message_id = r.message_id
             WHERE r.place <= "
        ))
        .push_bind(i64::from(page.count) + 1)
        .push(" ORDER BY r.place");
    let rows: Vec<Row> = query.build_query_as().fetch_all(readers).await?;
    messages_of(rows)
}

fn push_bounds(
    query: &mut QueryBuilder<Sqlite>,
    direction: Direction,
    page: &PageRequest<MessageKeyset>,
) {
    let (after, before) = match direction {
        Direction::Ascending => (">", "<"),
        Direction::Descending => ("<", ">"),
    };
    for (sign, key) in [(after, &page.after), (before, &page.before)] {
        let Some(key) = key else { continue };
        query.push(format_args!(
            " AND (m.created_at, m.message_id, m.client_id) {sign} ("
        ));
        query.push_bind(key.created_at.as_nanos()).push(", ");
        query.push_bind(key.message_id.to_string()).push(", ");
        query.push_bind(key.client_id.as_str()).push(")");
    }
}

/// List order, or its reverse when the page is counted from the end.
fn way(direction: Direction, end: PageEnd) -> &'static str {
    if (direction == Direction::Ascending) == (end == PageEnd::First) {
        "ASC"
    } else {
        "DESC"
    }
}
