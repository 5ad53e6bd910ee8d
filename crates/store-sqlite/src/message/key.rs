//! The two columns that name a message.

use std::collections::BTreeSet;

use connector_domain::id::MessageKey;

use super::row::{client_id_of, message_id_of};
use crate::error::Fault;

/// A key from its columns.
pub(super) fn key_of(client_id: String, message_id: &str) -> Result<MessageKey, Fault> {
    Ok(MessageKey {
        client_id: client_id_of(client_id)?,
        message_id: message_id_of(message_id)?,
    })
}

/// The columns of keys.
pub(super) fn columns_of<'a>(keys: &'a [&MessageKey]) -> impl Iterator<Item = (&'a str, String)> {
    keys.iter()
        .map(|key| (key.client_id.as_str(), key.message_id.to_string()))
}

/// Each once: rows are joined to them.
pub(super) fn distinct(keys: &[MessageKey]) -> Vec<&MessageKey> {
    let keys: BTreeSet<&MessageKey> = keys.iter().collect();
    keys.into_iter().collect()
}
