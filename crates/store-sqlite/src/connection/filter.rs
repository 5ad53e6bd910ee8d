//! `ConnectionFilter::matches` as SQL. The contract suite holds both to the same answers.

use connector_domain::connection::{
    ConnectionFilter, ConnectionState, StringFilter, TagFilter, words_of_query,
};
use connector_domain::id::{AccountNumber, ClientId, OrgId};
use connector_domain::text::after_prefix;
use sqlx::{QueryBuilder, Sqlite};
use uuid::Uuid;

use crate::predicate::{push_equal, push_one_of, push_range};

/// Appends conditions on `connections c` and `connection_liveness l`.
pub(super) fn push_filter(query: &mut QueryBuilder<Sqlite>, filter: &ConnectionFilter) {
    push_identity(query, filter);
    push_labels(query, filter);
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
        push_equal(query, "c.shared_identity_suspected", suspected);
    }
    if let Some(search) = &filter.search {
        push_search(query, search);
    }
}

fn push_identity(query: &mut QueryBuilder<Sqlite>, filter: &ConnectionFilter) {
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
        push_one_of(query, "c.insights_id", ids.iter().map(Uuid::to_string));
    }
    if let Some(ids) = &filter.subscription_manager_ids {
        push_one_of(
            query,
            "c.subscription_manager_id",
            ids.iter().map(Uuid::to_string),
        );
    }
}

fn push_software(query: &mut QueryBuilder<Sqlite>, filter: &ConnectionFilter) {
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

fn push_text(query: &mut QueryBuilder<Sqlite>, column: &str, wanted: &StringFilter) {
    match wanted {
        StringFilter::Equals(text) => push_equal(query, column, text.as_str()),
        StringFilter::In(texts) => push_one_of(query, column, texts.iter().map(String::as_str)),
        StringFilter::StartsWith(prefix) => {
            query.push(" AND ");
            push_prefix(query, &format!("{column}_lower"), &prefix.to_lowercase());
        }
    }
}

/// A prefix as a range, which an index serves.
fn push_prefix(query: &mut QueryBuilder<Sqlite>, column: &str, prefix: &str) {
    query
        .push(format_args!("{column} >= "))
        .push_bind(prefix.to_owned());
    if let Some(end) = after_prefix(prefix) {
        query.push(format_args!(" AND {column} < ")).push_bind(end);
    }
}

fn push_labels(query: &mut QueryBuilder<Sqlite>, filter: &ConnectionFilter) {
    if let Some(names) = &filter.dispatchers {
        push_nothing_for_none(query, names);
        for name in names {
            query
                .push(" AND EXISTS (SELECT 1 FROM connection_dispatchers d WHERE d.client_id = c.client_id AND d.name = ")
                .push_bind(name.as_str())
                .push(")");
        }
    }
    if let Some(tags) = &filter.tags {
        push_nothing_for_none(query, tags);
        for tag in tags {
            push_tag(query, tag);
        }
    }
}

/// An empty list passes nothing, like every other.
fn push_nothing_for_none<T>(query: &mut QueryBuilder<Sqlite>, wanted: &[T]) {
    if wanted.is_empty() {
        query.push(" AND FALSE");
    }
}

fn push_tag(query: &mut QueryBuilder<Sqlite>, tag: &TagFilter) {
    query
        .push(" AND EXISTS (SELECT 1 FROM connection_tags t WHERE t.client_id = c.client_id AND t.key = ")
        .push_bind(tag.key.as_str());
    if let Some(value) = &tag.value {
        push_equal(query, "t.value", value.as_str());
    }
    query.push(")");
}

fn push_search(query: &mut QueryBuilder<Sqlite>, search: &str) {
    for prefix in words_of_query(search) {
        query.push(" AND c.client_id IN (SELECT w.client_id FROM connection_search_words w WHERE ");
        push_prefix(query, "w.word", &prefix);
        query.push(")");
    }
}
