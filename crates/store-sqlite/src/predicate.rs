//! What connections and messages are both looked for with. A condition is appended as ` AND …`, so a statement begins
//! its `WHERE` with the scope.

use connector_domain::connection::StampRange;
use connector_domain::scope::Scope;
use sqlx::{Encode, QueryBuilder, Sqlite, Type};

/// `column` holds the organisation, or one of those, that the scope reaches. Rows without one are in no scope.
pub(crate) fn push_scope(query: &mut QueryBuilder<Sqlite>, column: &str, scope: &Scope) {
    match scope.org_id() {
        Some(org_id) => query
            .push(format_args!("{column} = "))
            .push_bind(org_id.as_str()),
        None => query.push(format_args!("{column} IS NOT NULL")),
    };
}

/// `column` is one of the values; of none, nothing is.
pub(crate) fn push_one_of<'q, T>(
    query: &mut QueryBuilder<Sqlite>,
    column: &str,
    values: impl IntoIterator<Item = T>,
) where
    T: Encode<'q, Sqlite> + Type<Sqlite>,
{
    let mut values = values.into_iter().peekable();
    if values.peek().is_none() {
        query.push(" AND FALSE");
        return;
    }
    query.push(format_args!(" AND {column} IN ("));
    let mut list = query.separated(", ");
    for value in values {
        list.push_bind(value);
    }
    query.push(")");
}

/// `column` equals the value.
pub(crate) fn push_equal<'q, T>(query: &mut QueryBuilder<Sqlite>, column: &str, value: T)
where
    T: Encode<'q, Sqlite> + Type<Sqlite>,
{
    query
        .push(format_args!(" AND {column} = "))
        .push_bind(value);
}

/// `column` lies within.
pub(crate) fn push_range(query: &mut QueryBuilder<Sqlite>, column: &str, range: StampRange) {
    if let Some(from) = range.from {
        query
            .push(format_args!(" AND {column} >= "))
            .push_bind(from.as_nanos());
    }
    if let Some(to) = range.to {
        query
            .push(format_args!(" AND {column} < "))
            .push_bind(to.as_nanos());
    }
}

/// Begins a statement with a table `wanted` of these two columns and rows, of which there is at least one. To be joined:
/// for `(a, b) IN (VALUES …)` SQLite would read the whole table.
pub(crate) fn wanted<'q, A, B>(
    columns: &str,
    rows: impl IntoIterator<Item = (A, B)>,
) -> QueryBuilder<Sqlite>
where
    A: Encode<'q, Sqlite> + Type<Sqlite>,
    B: Encode<'q, Sqlite> + Type<Sqlite>,
{
    let mut query = QueryBuilder::new(format!("WITH wanted ({columns}) AS ("));
    query.push_values(rows, |mut row, (a, b)| {
        row.push_bind(a).push_bind(b);
    });
    query.push(") ");
    query
}
