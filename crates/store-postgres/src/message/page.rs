//! `MessageOrder` as SQL: keyset pages, of one list or of many at once.

use connector_domain::message::{Message, MessageKeyset};
use connector_domain::page::{Direction, Page, PageEnd, PageRequest};
use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::row::{COLUMNS, Row, messages_of};
use crate::error::Fault;

/// Completes a statement that selects messages by its conditions, and reads one page of them.
pub(super) async fn read(
    connection: &mut PgConnection,
    mut query: QueryBuilder<Postgres>,
    direction: Direction,
    page: &PageRequest<MessageKeyset>,
) -> Result<Page<Message>, Fault> {
    push_page(&mut query, direction, page);
    let rows: Vec<Row> = query.build_query_as().fetch_all(connection).await?;
    Ok(page.page_of(messages_of(rows)?))
}

/// Begins the statement of one list's messages inside one for many lists; the caller appends conditions, which name the
/// list by columns of `w`, and then [`read_each`] completes it.
pub(super) fn push_each(query: &mut QueryBuilder<Postgres>) {
    query.push(format_args!(
        " CROSS JOIN LATERAL (SELECT {COLUMNS} FROM messages m WHERE "
    ));
}

/// Reads one more message of each list than asked, nearest the asked end first.
pub(super) async fn read_each(
    connection: &mut PgConnection,
    mut query: QueryBuilder<Postgres>,
    direction: Direction,
    page: &PageRequest<MessageKeyset>,
) -> Result<Vec<Message>, Fault> {
    push_page(&mut query, direction, page);
    let way = way(direction, page.end);
    query.push(format_args!(
        ") m ORDER BY m.created_at {way}, m.message_id {way}, m.client_id {way}"
    ));
    let rows: Vec<Row> = query.build_query_as().fetch_all(connection).await?;
    messages_of(rows)
}

fn push_page(
    query: &mut QueryBuilder<Postgres>,
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
        query.push_bind(key.message_id.as_uuid()).push(", ");
        query.push_bind(key.client_id.as_str()).push(")");
    }
    let way = way(direction, page.end);
    // The limit is spelt out rather than bound: the planner chooses by it.
    query.push(format_args!(
        " ORDER BY m.created_at {way}, m.message_id {way}, m.client_id {way} LIMIT {}",
        u32::from(page.count) + 1
    ));
}

/// List order, or its reverse when the page is counted from the end.
fn way(direction: Direction, end: PageEnd) -> &'static str {
    if (direction == Direction::Ascending) == (end == PageEnd::First) {
        "ASC"
    } else {
        "DESC"
    }
}
