//! What connections and messages are both looked for with. A condition is appended as ` AND …`, so a statement begins
//! its `WHERE` with the scope.
//!
//! Equality and ranges only: with row-level security PostgreSQL trusts no other operator to use an index.

use connector_domain::connection::StampRange;
use connector_domain::scope::Scope;
use connector_domain::text::after_prefix;
use sqlx::postgres::PgHasArrayType;
use sqlx::{Encode, Postgres, QueryBuilder, Type};

/// `column` holds the organisation, or one of those, that the scope reaches. Rows without one are in no scope.
pub(crate) fn push_scope(query: &mut QueryBuilder<Postgres>, column: &str, scope: &Scope) {
    match scope.org_id() {
        Some(org_id) => query
            .push(format_args!("{column} = "))
            .push_bind(org_id.as_str()),
        None => query.push(format_args!("{column} IS NOT NULL")),
    };
}

/// `column` is one of the values; of none, nothing is.
pub(crate) fn push_one_of<T>(
    query: &mut QueryBuilder<Postgres>,
    column: &str,
    values: impl IntoIterator<Item = T>,
) where
    T: for<'q> Encode<'q, Postgres> + Type<Postgres> + PgHasArrayType,
{
    let mut values: Vec<T> = values.into_iter().collect();
    // Of one value the planner knows that the rows are sorted by what follows it in an index; of a list it does not.
    if values.len() == 1
        && let Some(value) = values.pop()
    {
        push_equal(query, column, value);
        return;
    }
    query
        .push(format_args!(" AND {column} = ANY("))
        .push_bind(values)
        .push(")");
}

/// `column` equals the value.
pub(crate) fn push_equal<T>(query: &mut QueryBuilder<Postgres>, column: &str, value: T)
where
    T: for<'q> Encode<'q, Postgres> + Type<Postgres>,
{
    query
        .push(format_args!(" AND {column} = "))
        .push_bind(value);
}

/// `column` equals a text that a caller wrote.
pub(crate) fn push_equal_text(query: &mut QueryBuilder<Postgres>, column: &str, text: &str) {
    push_one_of_texts(query, column, [text]);
}

/// `column` is one of the texts that a caller wrote.
pub(crate) fn push_one_of_texts<T: AsRef<str>>(
    query: &mut QueryBuilder<Postgres>,
    column: &str,
    texts: impl IntoIterator<Item = T>,
) {
    let texts: Vec<String> = texts
        .into_iter()
        .map(|text| text.as_ref().to_owned())
        .filter(|text| can_be_stored(text))
        .collect();
    push_one_of(query, column, texts);
}

/// `column` begins with a text that a caller wrote: a range, which an index serves.
pub(crate) fn push_prefix(query: &mut QueryBuilder<Postgres>, column: &str, prefix: &str) {
    if !can_be_stored(prefix) {
        query.push(" AND FALSE");
        return;
    }
    query
        .push(format_args!(" AND {column} >= "))
        .push_bind(prefix);
    if let Some(end) = after_prefix(prefix) {
        query.push(format_args!(" AND {column} < ")).push_bind(end);
    }
}

/// PostgreSQL takes no NUL in a text, not even to say that none is equal.
fn can_be_stored(text: &str) -> bool {
    !text.contains('\0')
}

/// `column` lies within.
pub(crate) fn push_range(query: &mut QueryBuilder<Postgres>, column: &str, range: StampRange) {
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
