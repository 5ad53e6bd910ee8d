//! Rows as PostgreSQL takes many of them at once: one array per column, unnested.

use std::collections::BTreeSet;

use connector_domain::id::{ClientId, MessageKey};
use uuid::Uuid;

/// One column of rows.
pub(crate) fn column<'r, R, T>(rows: &'r [R], value: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

/// Ids of devices, each once and in order: what locks them locks them in this order.
pub(crate) fn sorted_ids<'a>(client_ids: impl IntoIterator<Item = &'a ClientId>) -> Vec<&'a str> {
    let sorted: BTreeSet<&str> = client_ids.into_iter().map(ClientId::as_str).collect();
    sorted.into_iter().collect()
}

/// The two columns of keys, each key once and in order.
pub(crate) fn sorted_keys<'a>(
    keys: impl IntoIterator<Item = &'a MessageKey>,
) -> (Vec<&'a str>, Vec<Uuid>) {
    let sorted: BTreeSet<&MessageKey> = keys.into_iter().collect();
    sorted
        .into_iter()
        .map(|key| (key.client_id.as_str(), key.message_id.as_uuid()))
        .unzip()
}
