//! `ConnectionOrder` as SQL: keyset pages, never offsets.

use connector_domain::connection::{
    Connection, ConnectionFilter, ConnectionKey, ConnectionOrder, ConnectionOrderField, SortValue,
};
use connector_domain::page::{Direction, Page, PageEnd, PageRequest};
use connector_domain::scope::Scope;
use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::filter::push_filter;
use super::row::{COLUMNS, Row, TABLES};
use crate::error::Fault;
use crate::predicate::push_scope;

/// A part of a list that one index scan reads in list order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stretch {
    Whole,
    /// Devices with a value to sort by.
    Valued,
    /// Those without, which follow.
    Absent,
}

/// One page of the devices that pass.
pub(super) async fn read(
    connection: &mut PgConnection,
    scope: &Scope,
    filter: &ConnectionFilter,
    order: ConnectionOrder,
    page: &PageRequest<ConnectionKey>,
) -> Result<Page<Connection>, Fault> {
    let foreign = |key: &Option<ConnectionKey>| key.as_ref().is_some_and(|key| !order.accepts(key));
    if foreign(&page.after) || foreign(&page.before) {
        return Err(Fault::Request("the page's key belongs to another order"));
    }
    let wanted = usize::from(page.count) + 1;
    let mut records: Vec<Connection> = Vec::new();
    for stretch in stretches(order, page) {
        let missing = wanted - records.len();
        if missing == 0 {
            break;
        }
        let mut query = query(scope, filter, order, page, stretch, missing);
        let rows: Vec<Row> = query.build_query_as().fetch_all(&mut *connection).await?;
        for row in rows {
            records.push(Connection::try_from(row)?);
        }
    }
    Ok(page.page_of(records))
}

/// The parts of a list that a page can have rows of, nearest the asked end first. Two statements rather than one
/// `OR`, which no index would serve.
fn stretches(order: ConnectionOrder, page: &PageRequest<ConnectionKey>) -> Vec<Stretch> {
    if order.field != ConnectionOrderField::Fqdn {
        return vec![Stretch::Whole];
    }
    let is_absent = |key: &ConnectionKey| key.value == SortValue::Absent;
    let mut stretches = Vec::with_capacity(2);
    if !page.after.as_ref().is_some_and(is_absent) {
        stretches.push(Stretch::Valued);
    }
    if page.before.as_ref().is_none_or(is_absent) {
        stretches.push(Stretch::Absent);
    }
    if page.end == PageEnd::Last {
        stretches.reverse();
    }
    stretches
}

fn query(
    scope: &Scope,
    filter: &ConnectionFilter,
    order: ConnectionOrder,
    page: &PageRequest<ConnectionKey>,
    stretch: Stretch,
    limit: usize,
) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM {TABLES} WHERE "));
    push_scope(&mut query, "c.org_id", scope);
    push_filter(&mut query, scope, filter);
    match stretch {
        Stretch::Whole => {}
        Stretch::Valued => {
            query.push(" AND c.fqdn_lower IS NOT NULL");
        }
        Stretch::Absent => {
            query.push(" AND c.fqdn_lower IS NULL");
        }
    }
    for (side, key) in [(Side::After, &page.after), (Side::Before, &page.before)] {
        if let Some(key) = key {
            push_side(&mut query, order, stretch, side, key);
        }
    }
    push_order(&mut query, order, page.end);
    // Spelt out rather than bound: the planner chooses by it.
    query.push(format_args!(" LIMIT {limit}"));
    query
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    After,
    Before,
}

/// The column that a list is sorted by before the client id (`None` when by that alone), and the client id of the same
/// table, whose index has both.
fn columns(field: ConnectionOrderField) -> (Option<&'static str>, &'static str) {
    match field {
        ConnectionOrderField::ClientId => (None, "c.client_id"),
        ConnectionOrderField::Fqdn => (Some("c.fqdn_lower"), "c.client_id"),
        ConnectionOrderField::LastSeenAt => (Some("l.last_seen_at"), "l.client_id"),
        ConnectionOrderField::StateChangedAt => (Some("c.state_changed_at"), "c.client_id"),
    }
}

/// Only what lies on one side of the key, in list order.
fn push_side(
    query: &mut QueryBuilder<Postgres>,
    order: ConnectionOrder,
    stretch: Stretch,
    side: Side,
    key: &ConnectionKey,
) {
    let ascending = order.direction == Direction::Ascending;
    let sign = if ascending == (side == Side::After) {
        ">"
    } else {
        "<"
    };
    let (column, client_id) = columns(order.field);
    match (column, &key.value) {
        (Some(column), SortValue::Time(time)) => {
            query.push(format_args!(" AND ({column}, {client_id}) {sign} ("));
            query.push_bind(time.as_nanos());
            query.push(", ").push_bind(key.client_id.as_str()).push(")");
        }
        (Some(column), SortValue::Text(text)) if stretch == Stretch::Valued => {
            query.push(format_args!(" AND ({column}, {client_id}) {sign} ("));
            query.push_bind(text.as_str());
            query.push(", ").push_bind(key.client_id.as_str()).push(")");
        }
        // A key in the other stretch: all of this one lies on the side asked for.
        (Some(_), SortValue::Text(_)) => {}
        (Some(_), SortValue::Absent) if stretch == Stretch::Valued => {}
        _ => {
            query.push(format_args!(" AND {client_id} {sign} "));
            query.push_bind(key.client_id.as_str());
        }
    }
}

/// List order, or its reverse when the page is counted from the end.
fn push_order(query: &mut QueryBuilder<Postgres>, order: ConnectionOrder, end: PageEnd) {
    let forward = end == PageEnd::First;
    let ascending = (order.direction == Direction::Ascending) == forward;
    let direction = if ascending { "ASC" } else { "DESC" };
    let (column, client_id) = columns(order.field);
    query.push(" ORDER BY ");
    if let Some(column) = column {
        query.push(format_args!("{column} {direction}, "));
    }
    query.push(format_args!("{client_id} {direction}"));
}
