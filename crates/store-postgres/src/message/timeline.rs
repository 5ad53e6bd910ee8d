//! The timelines of messages, for their readers.

use std::collections::HashMap;

use connector_domain::id::MessageKey;
use connector_domain::message::Transition;
use connector_domain::scope::Scope;
use sqlx::{PgConnection, QueryBuilder};
use uuid::Uuid;

use super::row::key_of;
use super::transition::{Row, STEP_COLUMNS};
use crate::columns::columns;
use crate::error::Fault;
use crate::predicate::push_scope;
use crate::rows::sorted_keys;

columns! {
    struct KeyedRow {
        client_id: String,
        message_id: Uuid;
        transition: Row,
    }
}

/// The timelines of these messages, oldest step first.
pub(super) async fn read(
    connection: &mut PgConnection,
    scope: &Scope,
    keys: &[MessageKey],
) -> Result<HashMap<MessageKey, Vec<Transition>>, Fault> {
    let (client_ids, message_ids) = sorted_keys(keys);
    let mut query = QueryBuilder::new(format!(
        "SELECT t.client_id, t.message_id, {STEP_COLUMNS} FROM unnest("
    ));
    query.push_bind(client_ids).push("::text[], ");
    query.push_bind(message_ids).push(
        "::uuid[]) AS w (client_id, message_id)
           JOIN message_transitions t ON t.client_id = w.client_id AND t.message_id = w.message_id
          WHERE ",
    );
    push_scope(&mut query, "t.org_id", scope);
    query.push(" ORDER BY t.client_id, t.message_id, t.seq");
    let rows: Vec<KeyedRow> = query.build_query_as().fetch_all(connection).await?;
    let mut timelines: HashMap<MessageKey, Vec<Transition>> = HashMap::new();
    for row in rows {
        let key = key_of(row.client_id, row.message_id)?;
        let transition = Transition::try_from(row.transition)?;
        timelines.entry(key).or_default().push(transition);
    }
    Ok(timelines)
}
