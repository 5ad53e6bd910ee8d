//! Reads of messages, within a scope.

use std::collections::HashMap;

use async_trait::async_trait;
use connector_domain::id::{ClientId, MessageId, MessageKey};
use connector_domain::message::{Message, MessageFilter, MessageKeyset, MessageOrder, Transition};
use connector_domain::page::{Direction, Page, PageRequest};
use connector_domain::port::{MessageReader, StoreError};
use connector_domain::scope::Scope;
use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::filter::push_filter;
use super::row::{COLUMNS, Row, messages_of};
use super::{page as paging, timeline};
use crate::error::Fault;
use crate::pages::pages_of;
use crate::pool::PostgresStore;
use crate::predicate::{push_equal, push_scope};
use crate::rows::{sorted_ids, sorted_keys};

#[async_trait]
impl MessageReader for PostgresStore {
    async fn messages(
        &self,
        scope: &Scope,
        keys: &[MessageKey],
    ) -> Result<Vec<Message>, StoreError> {
        let read = async {
            let mut reading = self.reading(scope).await?;
            messages(&mut reading, scope, keys).await
        };
        self.read(read).await
    }

    async fn messages_by_id(
        &self,
        scope: &Scope,
        message_id: MessageId,
    ) -> Result<Vec<Message>, StoreError> {
        let read = async {
            let mut reading = self.reading(scope).await?;
            messages_by_id(&mut reading, scope, message_id).await
        };
        self.read(read).await
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
        let read = async {
            let mut reading = self.reading(scope).await?;
            paging::read(&mut reading, query, order.direction, page).await
        };
        self.read(read).await
    }

    async fn message_count(
        &self,
        scope: &Scope,
        filter: &MessageFilter,
    ) -> Result<i64, StoreError> {
        let read = async {
            let mut reading = self.reading(scope).await?;
            message_count(&mut reading, scope, filter).await
        };
        self.read(read).await
    }

    async fn message_pages(
        &self,
        scope: &Scope,
        client_ids: &[ClientId],
        filter: &MessageFilter,
        order: MessageOrder,
        page: &PageRequest<MessageKeyset>,
    ) -> Result<HashMap<ClientId, Page<Message>>, StoreError> {
        let read = async {
            let mut reading = self.reading(scope).await?;
            message_pages(&mut reading, scope, client_ids, filter, order, page).await
        };
        self.read(read).await
    }

    async fn answer_pages(
        &self,
        scope: &Scope,
        keys: &[MessageKey],
        page: &PageRequest<MessageKeyset>,
    ) -> Result<HashMap<MessageKey, Page<Message>>, StoreError> {
        let read = async {
            let mut reading = self.reading(scope).await?;
            answer_pages(&mut reading, scope, keys, page).await
        };
        self.read(read).await
    }

    async fn transitions(
        &self,
        scope: &Scope,
        keys: &[MessageKey],
    ) -> Result<HashMap<MessageKey, Vec<Transition>>, StoreError> {
        let read = async {
            let mut reading = self.reading(scope).await?;
            timeline::read(&mut reading, scope, keys).await
        };
        self.read(read).await
    }
}

/// Begins a statement that reads messages within a scope; more conditions may follow.
fn select(scope: &Scope) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM messages m WHERE "));
    push_scope(&mut query, "m.org_id", scope);
    query
}

async fn messages(
    connection: &mut PgConnection,
    scope: &Scope,
    keys: &[MessageKey],
) -> Result<Vec<Message>, Fault> {
    let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM "));
    push_wanted(&mut query, keys);
    query.push(
        " JOIN messages m ON m.client_id = w.client_id AND m.message_id = w.message_id WHERE ",
    );
    push_scope(&mut query, "m.org_id", scope);
    let rows: Vec<Row> = query.build_query_as().fetch_all(connection).await?;
    messages_of(rows)
}

/// A table `w` of keys.
fn push_wanted(query: &mut QueryBuilder<Postgres>, keys: &[MessageKey]) {
    let (client_ids, message_ids) = sorted_keys(keys);
    query.push("unnest(").push_bind(client_ids);
    query.push("::text[], ").push_bind(message_ids);
    query.push("::uuid[]) AS w (client_id, message_id)");
}

async fn messages_by_id(
    connection: &mut PgConnection,
    scope: &Scope,
    message_id: MessageId,
) -> Result<Vec<Message>, Fault> {
    let mut query = select(scope);
    push_equal(&mut query, "m.message_id", message_id.as_uuid());
    query.push(" ORDER BY m.direction = 'FROM_DEVICE', m.created_at, m.client_id");
    let rows: Vec<Row> = query.build_query_as().fetch_all(connection).await?;
    messages_of(rows)
}

async fn message_count(
    connection: &mut PgConnection,
    scope: &Scope,
    filter: &MessageFilter,
) -> Result<i64, Fault> {
    let mut query = QueryBuilder::new("SELECT COUNT(*) FROM messages m WHERE ");
    push_scope(&mut query, "m.org_id", scope);
    push_filter(&mut query, filter);
    Ok(query.build_query_scalar().fetch_one(connection).await?)
}

async fn message_pages(
    connection: &mut PgConnection,
    scope: &Scope,
    client_ids: &[ClientId],
    filter: &MessageFilter,
    order: MessageOrder,
    page: &PageRequest<MessageKeyset>,
) -> Result<HashMap<ClientId, Page<Message>>, Fault> {
    let mut query = QueryBuilder::new("SELECT m.* FROM unnest(");
    query.push_bind(sorted_ids(client_ids));
    query.push("::text[]) AS w (client_id)");
    paging::push_each(&mut query);
    push_scope(&mut query, "m.org_id", scope);
    query.push(" AND m.client_id = w.client_id");
    push_filter(&mut query, filter);
    let mut lists: HashMap<ClientId, Vec<Message>> = HashMap::new();
    for message in paging::read_each(connection, query, order.direction, page).await? {
        let list = lists.entry(message.client_id.clone()).or_default();
        list.push(message);
    }
    Ok(pages_of(client_ids, lists, page))
}

async fn answer_pages(
    connection: &mut PgConnection,
    scope: &Scope,
    keys: &[MessageKey],
    page: &PageRequest<MessageKeyset>,
) -> Result<HashMap<MessageKey, Page<Message>>, Fault> {
    let oldest_first = Direction::Ascending;
    let mut query = QueryBuilder::new("SELECT m.* FROM ");
    push_wanted(&mut query, keys);
    paging::push_each(&mut query);
    push_scope(&mut query, "m.org_id", scope);
    query.push(" AND m.client_id = w.client_id AND m.response_to = w.message_id");
    push_equal(&mut query, "m.direction", "FROM_DEVICE");
    let mut lists: HashMap<MessageKey, Vec<Message>> = HashMap::new();
    for message in paging::read_each(connection, query, oldest_first, page).await? {
        let Some(answered) = message.response_to else {
            continue;
        };
        let key = MessageKey {
            client_id: message.client_id.clone(),
            message_id: answered,
        };
        lists.entry(key).or_default().push(message);
    }
    Ok(pages_of(keys, lists, page))
}
