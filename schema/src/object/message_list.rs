//! Lists of `Message`: of a scope, of a device, of the answers to a message.

use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject};
use connector_domain::id::{ClientId, MessageKey};
use connector_domain::message::{self as domain, MessageKeyset};
use connector_domain::page::Page;
use connector_domain::scope::Scope;

use super::{Message, int};
use crate::access::Access;
use crate::error::Fault;
use crate::input::{MessageFilter, MessageOrder, message_filter};
use crate::loader::{AnswersKey, DeviceMessagesKey};
use crate::page::{COUNT_COST, List, Listing, PageArgs, PageInfo};

/// One message in a page.
#[derive(SimpleObject)]
pub struct MessageEdge {
    /// Position of the item.
    cursor: String,
    /// The item.
    node: Message,
}

/// A page, and what to count for its total.
pub struct MessageConnection {
    listing: Listing<Arc<domain::Message>>,
    scope: Option<Scope>,
    counted: domain::MessageFilter,
}

/// A page of messages.
#[Object]
impl MessageConnection {
    /// Items with their cursors.
    async fn edges(&self) -> Vec<MessageEdge> {
        self.listing.edges(|cursor, message| MessageEdge {
            cursor,
            node: Message(message),
        })
    }

    /// The items alone.
    async fn nodes(&self) -> Vec<Message> {
        self.listing.nodes(Message)
    }

    /// Where this page sits.
    async fn page_info(&self) -> PageInfo {
        self.listing.info()
    }

    /// How many match, over all pages. Costs a count.
    #[graphql(complexity = "COUNT_COST")]
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let Some(scope) = &self.scope else {
            return Ok(0);
        };
        let reader = &Access::of(ctx)?.ports.messages;
        let count = reader.message_count(scope, &self.counted).await;
        Ok(int(count.map_err(Fault::from)?))
    }
}

impl MessageConnection {
    fn new(
        page: Page<Arc<domain::Message>>,
        list: List,
        scope: Option<Scope>,
        counted: domain::MessageFilter,
    ) -> Self {
        let cursor_of = move |message: &Arc<domain::Message>| {
            let place = MessageKeyset::of(message);
            list.cursor(&place)
        };
        Self {
            listing: Listing::new(page, cursor_of),
            scope,
            counted,
        }
    }
}

/// A page of the messages in a scope, which is the caller's own or a part of it.
pub(crate) async fn message_page(
    access: &Access<'_>,
    scope: Option<Scope>,
    filter: Option<MessageFilter>,
    order: Option<MessageOrder>,
    page: &PageArgs,
) -> Result<MessageConnection, Fault> {
    let filter = message_filter(filter, access.caller)?;
    let order = domain::MessageOrder::from(order.unwrap_or_default());
    let name = format!("messages {:?}", order.direction);
    let list = List::new(&access.ports.cursor_key, scope.as_ref(), &name);
    let request = page.request(&list)?;
    let found = match &scope {
        None => Page::default(),
        Some(scope) => {
            let reader = &access.ports.messages;
            reader.message_page(scope, &filter, order, &request).await?
        }
    };
    Ok(MessageConnection::new(
        found.map(Arc::new),
        list,
        scope,
        filter,
    ))
}

/// A page of the messages of a device in reach of the caller.
pub(super) async fn device_messages(
    access: &Access<'_>,
    client_id: &ClientId,
    filter: Option<MessageFilter>,
    order: Option<MessageOrder>,
    page: &PageArgs,
) -> Result<MessageConnection, Fault> {
    let filter = message_filter(filter, access.caller)?;
    let order = domain::MessageOrder::from(order.unwrap_or_default());
    let scope = access.scope();
    let name = format!("messages {:?} of {client_id}", order.direction);
    let list = List::new(&access.ports.cursor_key, scope.as_ref(), &name);
    let key = DeviceMessagesKey {
        client_id: client_id.clone(),
        filter: Arc::new(filter.clone()),
        order,
        page: page.request(&list)?,
    };
    let found = access.loaders()?.device_messages(key).await?;
    let counted = of_device(filter, client_id);
    Ok(MessageConnection::new(
        found.as_ref().clone(),
        list,
        scope,
        counted,
    ))
}

/// A page of the answers to a message in reach of the caller.
pub(super) async fn answers(
    access: &Access<'_>,
    message: MessageKey,
    page: &PageArgs,
) -> Result<MessageConnection, Fault> {
    let scope = access.scope();
    let name = format!("answers to {}/{}", message.client_id, message.message_id);
    let list = List::new(&access.ports.cursor_key, scope.as_ref(), &name);
    let counted = domain::MessageFilter {
        client_ids: Some(vec![message.client_id.clone()]),
        response_to: Some(message.message_id),
        ..domain::MessageFilter::default()
    };
    let key = AnswersKey {
        message,
        page: page.request(&list)?,
    };
    let found = access.loaders()?.answers(key).await?;
    Ok(MessageConnection::new(
        found.as_ref().clone(),
        list,
        scope,
        counted,
    ))
}

/// The filter for one device: a filter that names devices keeps only this one of them.
fn of_device(filter: domain::MessageFilter, client_id: &ClientId) -> domain::MessageFilter {
    let named = filter
        .client_ids
        .as_ref()
        .is_none_or(|client_ids| client_ids.contains(client_id));
    let client_ids = named.then(|| client_id.clone()).into_iter().collect();
    domain::MessageFilter {
        client_ids: Some(client_ids),
        ..filter
    }
}
