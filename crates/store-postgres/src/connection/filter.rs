//! `ConnectionFilter::matches` as SQL. The contract suite holds both to the same answers.

use connector_domain::connection::{
    ConnectionFilter, ConnectionState, StringFilter, TagFilter, words_of_query,
};
use connector_domain::id::{AccountNumber, ClientId, OrgId};
use connector_domain::scope::Scope;
use sqlx::{Postgres, QueryBuilder};

use crate::predicate::{
    push_equal_text, push_one_of, push_one_of_texts, push_prefix, push_range, push_scope,
};

/// Appends conditions on `connections c` and, where [`uses_liveness`] says so, `connection_liveness l`.
pub(super) fn push_filter(
    query: &mut QueryBuilder<Postgres>,
    scope: &Scope,
    filter: &ConnectionFilter,
) {
    push_identity(query, filter);
    push_labels(query, scope, filter);
    push_software(query, filter);
    if let Some(states) = &filter.states {
        push_one_of(
            query,
            "c.state",
            states.iter().copied().map(ConnectionState::as_str),
        );
    }
    if let Some(range) = filter.state_changed_at {
        push_range(query, "c.state_changed_at", range);
    }
    if let Some(range) = filter.last_seen_at {
        push_range(query, "l.last_seen_at", range);
    }
    if let Some(suspected) = filter.shared_identity_suspected {
        // Spelt out, for the index of those that are.
        query.push(if suspected {
            " AND c.shared_identity_suspected"
        } else {
            " AND NOT c.shared_identity_suspected"
        });
    }
    if let Some(search) = &filter.search {
        push_search(query, scope, search);
    }
}

/// Whether the conditions are on `connection_liveness` too.
pub(super) fn uses_liveness(filter: &ConnectionFilter) -> bool {
    filter.last_seen_at.is_some()
}

fn push_identity(query: &mut QueryBuilder<Postgres>, filter: &ConnectionFilter) {
    if let Some(ids) = &filter.client_ids {
        push_one_of(query, "c.client_id", ids.iter().map(ClientId::as_str));
    }
    if let Some(ids) = &filter.org_ids {
        push_one_of(query, "c.org_id", ids.iter().map(OrgId::as_str));
    }
    if let Some(numbers) = &filter.account_numbers {
        push_one_of(
            query,
            "c.account_number",
            numbers.iter().map(AccountNumber::as_str),
        );
    }
    if let Some(ids) = &filter.insights_ids {
        push_one_of(query, "c.insights_id", ids.iter().copied());
    }
    if let Some(ids) = &filter.subscription_manager_ids {
        push_one_of(query, "c.subscription_manager_id", ids.iter().copied());
    }
}

fn push_software(query: &mut QueryBuilder<Postgres>, filter: &ConnectionFilter) {
    for (column, wanted) in [
        ("c.client_name", &filter.client_name),
        ("c.client_version", &filter.client_version),
        ("c.fqdn", &filter.fqdn),
    ] {
        if let Some(wanted) = wanted {
            push_text(query, column, wanted);
        }
    }
}

/// Only the lower-case copy has an index, so it narrows every comparison.
fn push_text(query: &mut QueryBuilder<Postgres>, column: &str, wanted: &StringFilter) {
    let lower = format!("{column}_lower");
    match wanted {
        StringFilter::Equals(text) => {
            push_equal_text(query, &lower, &text.to_lowercase());
            push_equal_text(query, column, text);
        }
        StringFilter::In(texts) => {
            push_one_of_texts(query, &lower, texts.iter().map(|text| text.to_lowercase()));
            push_one_of_texts(query, column, texts);
        }
        StringFilter::StartsWith(prefix) => {
            push_prefix(query, &lower, &prefix.to_lowercase());
        }
    }
}

fn push_labels(query: &mut QueryBuilder<Postgres>, scope: &Scope, filter: &ConnectionFilter) {
    if let Some(names) = &filter.dispatchers {
        push_nothing_for_none(query, names);
        for name in names {
            push_exists(query, scope, "connection_dispatchers");
            push_equal_text(query, "s.name", name);
            query.push(")");
        }
    }
    if let Some(tags) = &filter.tags {
        push_nothing_for_none(query, tags);
        for tag in tags {
            push_tag(query, scope, tag);
        }
    }
}

/// An empty list passes nothing, like every other.
fn push_nothing_for_none<T>(query: &mut QueryBuilder<Postgres>, wanted: &[T]) {
    if wanted.is_empty() {
        query.push(" AND FALSE");
    }
}

/// Begins a condition on a row of a side table, of the same device. That it is of the same organisation follows, and
/// the index needs to hear it.
fn push_exists(query: &mut QueryBuilder<Postgres>, scope: &Scope, table: &str) {
    query.push(format_args!(
        " AND EXISTS (SELECT 1 FROM {table} s WHERE s.client_id = c.client_id AND "
    ));
    push_scope(query, "s.org_id", scope);
}

fn push_tag(query: &mut QueryBuilder<Postgres>, scope: &Scope, tag: &TagFilter) {
    push_exists(query, scope, "connection_tags");
    push_equal_text(query, "s.key", &tag.key);
    if let Some(value) = &tag.value {
        push_equal_text(query, "s.value", value);
    }
    query.push(")");
}

fn push_search(query: &mut QueryBuilder<Postgres>, scope: &Scope, search: &str) {
    for prefix in words_of_query(search) {
        push_exists(query, scope, "connection_search_words");
        push_prefix(query, "s.word", &prefix);
        query.push(")");
    }
}
