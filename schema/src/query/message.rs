//! Messages.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use connector_domain::caller::Permission;
use connector_domain::id::MessageId;

use crate::access::Access;
use crate::error::Fault;
use crate::input::{MessageFilter, MessageOrder};
use crate::object::{Message, MessageConnection, message_page};
use crate::page::{PageArgs, page_cost};
use crate::scalar::UuidText;

#[derive(Default)]
pub struct MessageQuery;

#[Object]
impl MessageQuery {
    /// One message by its wire id; `null` when unknown.
    async fn message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`message_id` on the wire.")] message_id: UuidText,
    ) -> Result<Option<Message>> {
        let access = Access::of(ctx)?;
        let Some(scope) = access.scope() else {
            return Ok(None);
        };
        let message_id = MessageId::from(message_id.0);
        let reader = &access.ports.messages;
        let found = reader.messages_by_id(&scope, message_id).await;
        let found = found.map_err(Fault::from)?.into_iter();
        let known = found.into_iter().find(|message| access.may_see(message));
        Ok(known.map(Arc::new).map(Message))
    }

    /// Messages of the caller's organisation.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Narrow the list.")] filter: Option<MessageFilter>,
        #[graphql(desc = "Sort order.", default_with = "Some(MessageOrder::default())")]
        order_by: Option<MessageOrder>,
        #[graphql(desc = "Items from the start, 1–100.")] first: Option<i32>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Continue before this cursor.")] before: Option<String>,
    ) -> Result<MessageConnection> {
        let access = Access::with(ctx, Permission::MessageRead)?;
        let page = PageArgs {
            first,
            after,
            last,
            before,
        };
        Ok(message_page(&access, access.scope(), filter, order_by, &page).await?)
    }
}
