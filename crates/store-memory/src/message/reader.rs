//! Reads of messages, within a scope.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use connector_domain::id::{ClientId, MessageId, MessageKey};
use connector_domain::message::{
    Message, MessageDirection, MessageFilter, MessageKeyset, MessageOrder, Transition,
};
use connector_domain::page::{Direction, Page, PageRequest};
use connector_domain::port::{MessageReader, StoreError};
use connector_domain::scope::Scope;

use crate::list;
use crate::store::{MemoryStore, StoredMessage, Tables};

#[async_trait]
impl MessageReader for MemoryStore {
    async fn messages(
        &self,
        scope: &Scope,
        keys: &[MessageKey],
    ) -> Result<Vec<Message>, StoreError> {
        let tables = self.call();
        let keys: BTreeSet<&MessageKey> = keys.iter().collect();
        Ok(keys
            .into_iter()
            .filter_map(|key| tables.visible(scope, key))
            .map(|stored| stored.message.clone())
            .collect())
    }

    async fn messages_by_id(
        &self,
        scope: &Scope,
        message_id: MessageId,
    ) -> Result<Vec<Message>, StoreError> {
        let tables = self.call();
        let mut found = tables.select(scope, |message| message.message_id == message_id);
        found.sort_by_key(|message| {
            let from_device = message.direction == MessageDirection::FromDevice;
            (from_device, message.created_at, message.client_id.clone())
        });
        Ok(found)
    }

    async fn message_page(
        &self,
        scope: &Scope,
        filter: &MessageFilter,
        order: MessageOrder,
        page: &PageRequest<MessageKeyset>,
    ) -> Result<Page<Message>, StoreError> {
        let tables = self.call();
        let found = tables.select(scope, |message| filter.matches(&message.view()));
        Ok(page_of(found, order.direction, page))
    }

    async fn message_count(
        &self,
        scope: &Scope,
        filter: &MessageFilter,
    ) -> Result<i64, StoreError> {
        let tables = self.call();
        let found = tables.select(scope, |message| filter.matches(&message.view()));
        Ok(i64::try_from(found.len()).unwrap_or(i64::MAX))
    }

    async fn message_pages(
        &self,
        scope: &Scope,
        client_ids: &[ClientId],
        filter: &MessageFilter,
        order: MessageOrder,
        page: &PageRequest<MessageKeyset>,
    ) -> Result<HashMap<ClientId, Page<Message>>, StoreError> {
        let tables = self.call();
        Ok(client_ids
            .iter()
            .map(|client_id| {
                let found = tables.select(scope, |message| {
                    message.client_id == *client_id && filter.matches(&message.view())
                });
                (client_id.clone(), page_of(found, order.direction, page))
            })
            .collect())
    }

    async fn answer_pages(
        &self,
        scope: &Scope,
        keys: &[MessageKey],
        page: &PageRequest<MessageKeyset>,
    ) -> Result<HashMap<MessageKey, Page<Message>>, StoreError> {
        let tables = self.call();
        Ok(keys
            .iter()
            .map(|key| {
                let found = tables.select(scope, |message| {
                    message.client_id == key.client_id
                        && message.response_to == Some(key.message_id)
                });
                (key.clone(), page_of(found, Direction::Ascending, page))
            })
            .collect())
    }

    async fn transitions(
        &self,
        scope: &Scope,
        keys: &[MessageKey],
    ) -> Result<HashMap<MessageKey, Vec<Transition>>, StoreError> {
        let tables = self.call();
        Ok(keys
            .iter()
            .filter_map(|key| {
                let timeline = &tables.visible(scope, key)?.timeline;
                let steps = timeline.iter().map(|row| row.transition.clone()).collect();
                Some((key.clone(), steps))
            })
            .collect())
    }
}

fn page_of(
    mut messages: Vec<Message>,
    direction: Direction,
    page: &PageRequest<MessageKeyset>,
) -> Page<Message> {
    let directed = |ordering: std::cmp::Ordering| match direction {
        Direction::Ascending => ordering,
        Direction::Descending => ordering.reverse(),
    };
    messages.sort_by(|a, b| directed(MessageKeyset::of(a).cmp(&MessageKeyset::of(b))));
    list::page(messages, page, |message, bound| {
        directed(MessageKeyset::of(message).cmp(bound))
    })
}

impl Tables {
    fn visible(&self, scope: &Scope, key: &MessageKey) -> Option<&StoredMessage> {
        let stored = self.messages.get(key)?;
        scope.sees(stored.message.org_id.as_ref()).then_some(stored)
    }

    fn select(&self, scope: &Scope, passes: impl Fn(&Message) -> bool) -> Vec<Message> {
        self.messages
            .values()
            .map(|stored| &stored.message)
            .filter(|message| scope.sees(message.org_id.as_ref()) && passes(message))
            .cloned()
            .collect()
    }
}
