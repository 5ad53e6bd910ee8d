//! Reads of messages, within a scope.

use std::collections::HashMap;

use async_trait::async_trait;
use connector_domain::id::{ClientId, MessageId, MessageKey};
use connector_domain::message::{Message, MessageFilter, MessageKeyset, MessageOrder, Transition};
use connector_domain::page::{Direction, Page, PageRequest};
use connector_domain::port::{MessageReader, StoreError};
use connector_domain::scope::Scope;
use sqlx::{QueryBuilder, Sqlite};

use super::filter::push_filter;
use super::key::{columns_of, distinct};
use super::row::{COLUMNS, Row, messages_of};
use super::{page as paging, transition};
use crate::batch;
use crate::error::Fault;
use crate::pages::pages_of;
use crate::pool::SqliteStore;
use crate::predicate::{push_equal, push_one_of, push_scope, wanted};

#[async_trait]
impl MessageReader for SqliteStore {
    async fn messages(
        &self,
        scope: &Scope,
        keys: &[MessageKey],
    ) -> Result<Vec<Message>, StoreError> {
        Ok(messages(self, scope, keys).await?)
    }

    async fn messages_by_id(
        &self,
        scope: &Scope,
        message_id: MessageId,
    ) -> Result<Vec<Message>, StoreError> {
        Ok(messages_by_id(self, scope, message_id).await?)
    }

    async fn message_page(
        &self,
        scope: &Scope,
        filter: &MessageFilter,
        order: MessageOrder,
        page: &PageRequest<MessageKeyset>,
    ) -> Result<Page<Message>, StoreError> {
        let mut query = select(scope);
        push_filter(&mut query, filter);
        Ok(paging::read(self.readers(), query, order.direction, page).await?)
    }

    async fn message_count(
        &self,
        scope: &Scope,
        filter: &MessageFilter,
    ) -> Result<i64, StoreError> {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT COUNT(*) FROM messages m WHERE ");
        push_scope(&mut query, "m.org_id", scope);
        push_filter(&mut query, filter);
        let count = query.build_query_scalar().fetch_one(self.readers()).await;
        Ok(count.map_err(Fault::from)?)
    }

    async fn message_pages(
        &self,
        scope: &Scope,
        client_ids: &[ClientId],
        filter: &MessageFilter,
        order: MessageOrder,
        page: &PageRequest<MessageKeyset>,
    ) -> Result<HashMap<ClientId, Page<Message>>, StoreError> {
        Ok(message_pages(self, scope, client_ids, filter, order, page).await?)
    }

    async fn answer_pages(
        &self,
        scope: &Scope,
        keys: &[MessageKey],
        page: &PageRequest<MessageKeyset>,
    ) -> Result<HashMap<MessageKey, Page<Message>>, StoreError> {
        Ok(answer_pages(self, scope, keys, page).await?)
    }

    async fn transitions(
        &self,
        scope: &Scope,
        keys: &[MessageKey],
    ) -> Result<HashMap<MessageKey, Vec<Transition>>, StoreError> {
        Ok(transition::timelines(self.readers(), scope, keys).await?)
    }
}

/// Begins a statement that reads messages within a scope; more conditions may follow.
fn select(scope: &Scope) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM messages m WHERE "));
    push_scope(&mut query, "m.org_id", scope);
    query
}

async fn messages(
    store: &SqliteStore,
    scope: &Scope,
    keys: &[MessageKey],
) -> Result<Vec<Message>, Fault> {
    let mut found = Vec::with_capacity(keys.len());
    for some in distinct(keys).chunks(batch::ROWS) {
        let mut query = wanted("client_id, message_id", columns_of(some));
        query.push(format_args!(
            "SELECT {COLUMNS}
               FROM wanted w
               JOIN messages m ON m.client_id = w.client_id AND m.message_id = w.message_id
              WHERE "
        ));
        push_scope(&mut query, "m.org_id", scope);
        let rows: Vec<Row> = query.build_query_as().fetch_all(store.readers()).await?;
        found.extend(messages_of(rows)?);
    }
    Ok(found)
}

async fn messages_by_id(
    store: &SqliteStore,
    scope: &Scope,
    message_id: MessageId,
) -> Result<Vec<Message>, Fault> {
    let mut query = select(scope);
    push_equal(&mut query, "m.message_id", message_id.to_string());
    query.push(" ORDER BY m.direction = 'FROM_DEVICE', m.created_at, m.client_id");
    let rows: Vec<Row> = query.build_query_as().fetch_all(store.readers()).await?;
    messages_of(rows)
}

async fn message_pages(
    store: &SqliteStore,
    scope: &Scope,
    client_ids: &[ClientId],
    filter: &MessageFilter,
    order: MessageOrder,
    page: &PageRequest<MessageKeyset>,
) -> Result<HashMap<ClientId, Page<Message>>, Fault> {
    let mut lists: HashMap<ClientId, Vec<Message>> = HashMap::new();
    for some in client_ids.chunks(batch::ROWS) {
        let mut query = QueryBuilder::new("WITH ");
        paging::push_ranked(&mut query, "m.client_id", order.direction, page.end);
        query.push("FROM messages m WHERE ");
        push_scope(&mut query, "m.org_id", scope);
        push_one_of(&mut query, "m.client_id", some.iter().map(ClientId::as_str));
        push_filter(&mut query, filter);
        for message in paging::read_each(store.readers(), query, order.direction, page).await? {
            let list = lists.entry(message.client_id.clone()).or_default();
            list.push(message);
        }
    }
    Ok(pages_of(client_ids, lists, page))
}

async fn answer_pages(
    store: &SqliteStore,
    scope: &Scope,
    keys: &[MessageKey],
    page: &PageRequest<MessageKeyset>,
) -> Result<HashMap<MessageKey, Page<Message>>, Fault> {
    let oldest_first = Direction::Ascending;
    let mut lists: HashMap<MessageKey, Vec<Message>> = HashMap::new();
    for some in distinct(keys).chunks(batch::ROWS) {
        let mut query = wanted("client_id, message_id", columns_of(some));
        query.push(", ");
        paging::push_ranked(
            &mut query,
            "m.client_id, m.response_to",
            oldest_first,
            page.end,
        );
        query.push(
            "FROM wanted w
             JOIN messages m ON m.client_id = w.client_id AND m.response_to = w.message_id
            WHERE ",
        );
        push_scope(&mut query, "m.org_id", scope);
        push_equal(&mut query, "m.direction", "FROM_DEVICE");
        for message in paging::read_each(store.readers(), query, oldest_first, page).await? {
            let Some(answered) = message.response_to else {
                continue;
            };
            let key = MessageKey {
                client_id: message.client_id.clone(),
                message_id: answered,
            };
            lists.entry(key).or_default().push(message);
        }
    }
    Ok(pages_of(keys, lists, page))
}
