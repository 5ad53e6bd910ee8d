//! `ConnectionOrder` as SQL: keyset pages, never offsets.

use connector_domain::connection::{
    Connection, ConnectionFilter, ConnectionKey, ConnectionOrder, ConnectionOrderField, SortValue,
};
use connector_domain::page::{Direction, Page, PageEnd, PageRequest};
use connector_domain::scope::Scope;
use sqlx::{QueryBuilder, Sqlite, SqlitePool};

use super::filter::push_filter;
use super::row::{Row, SELECT};
use crate::error::Fault;
use crate::predicate::push_scope;

/// One page of the devices that pass.
pub(super) async fn read(
    readers: &SqlitePool,
    scope: &Scope,
    filter: &ConnectionFilter,
    order: ConnectionOrder,
    page: &PageRequest<ConnectionKey>,
) -> Result<Page<Connection>, Fault> {
    let foreign = |key: &Option<ConnectionKey>| key.as_ref().is_some_and(|key| !order.accepts(key));
    if foreign(&page.after) || foreign(&page.before) {
        return Err(Fault::Request("the page's key belongs to another order"));
    }
    let mut query = QueryBuilder::new(SELECT);
    push_scope(&mut query, "c.org_id", scope);
    push_filter(&mut query, filter);
    if let Some(key) = &page.after {
        push_side(&mut query, order, Side::After, key);
    }
    if let Some(key) = &page.before {
        push_side(&mut query, order, Side::Before, key);
    }
    push_order(&mut query, order, page.end);
    query.push(" LIMIT ").push_bind(i64::from(page.count) + 1);
    let rows: Vec<Row> = query.build_query_as().fetch_all(readers).await?;
    let records: Result<Vec<Connection>, Fault> =
        rows.into_iter().map(Connection::try_from).collect();
    Ok(page.page_of(records?))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    After,
    Before,
}

/// The column that a list is sorted by before the client id; `None` when by that alone.
fn column(field: ConnectionOrderField) -> Option<&'static str> {
    match field {
        ConnectionOrderField::ClientId => None,
        ConnectionOrderField::Fqdn => Some("c.fqdn_lower"),
        ConnectionOrderField::LastSeenAt => Some("l.last_seen_at"),
        ConnectionOrderField::StateChangedAt => Some("c.state_changed_at"),
    }
}

/// Only what lies on one side of the key, in list order.
fn push_side(
    query: &mut QueryBuilder<Sqlite>,
    order: ConnectionOrder,
    side: Side,
    key: &ConnectionKey,
) {
    let ascending = order.direction == Direction::Ascending;
    let sign = if ascending == (side == Side::After) {
        ">"
    } else {
        "<"
    };
    let client_id = key.client_id.as_str();
    let column = column(order.field).unwrap_or("c.client_id");
    match &key.value {
        SortValue::ClientId => {
            query
                .push(format_args!(" AND c.client_id {sign} "))
                .push_bind(client_id);
        }
        SortValue::Time(time) => {
            query.push(format_args!(" AND ({column}, c.client_id) {sign} ("));
            query.push_bind(time.as_nanos()).push(", ");
            query.push_bind(client_id).push(")");
        }
        SortValue::Text(text) => {
            query.push(format_args!(" AND (({column}, c.client_id) {sign} ("));
            query.push_bind(text.as_str()).push(", ");
            query.push_bind(client_id).push(")");
            // Those without one follow every text, whichever the direction.
            if side == Side::After {
                query.push(format_args!(" OR {column} IS NULL"));
            }
            query.push(")");
        }
        SortValue::Absent => {
            let (without, join) = match side {
                Side::After => ("IS NULL", "AND"),
                Side::Before => ("IS NOT NULL", "OR"),
            };
            query.push(format_args!(
                " AND ({column} {without} {join} c.client_id {sign} "
            ));
            query.push_bind(client_id).push(")");
        }
    }
}

/// List order, or its reverse when the page is counted from the end.
fn push_order(query: &mut QueryBuilder<Sqlite>, order: ConnectionOrder, end: PageEnd) {
    let forward = end == PageEnd::First;
    let ascending = (order.direction == Direction::Ascending) == forward;
    let direction = if ascending { "ASC" } else { "DESC" };
    query.push(" ORDER BY ");
    if let Some(column) = column(order.field) {
        query.push(format_args!("{column} {direction}"));
        if order.field == ConnectionOrderField::Fqdn {
            query.push(if forward {
                " NULLS LAST"
            } else {
                " NULLS FIRST"
            });
        }
        query.push(", ");
    }
    query.push(format_args!("c.client_id {direction}"));
}
