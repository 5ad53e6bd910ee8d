//! `Message`.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use connector_domain::caller::Permission;
use connector_domain::id::MessageKey;
use connector_domain::message as domain;

use super::message_list::answers;
use super::{ConnectionStatus, MessageConnection, MessageFailure, MessageTransition};
use crate::access::Access;
use crate::enumeration::{CommandName, MessageDirection, MessageKind, MessageState};
use crate::node_id::NodeId;
use crate::page::{PageArgs, page_cost};
use crate::scalar::{DateTime, Json, JsonObject, UuidText};

/// One message in reach of the caller.
#[derive(Clone)]
pub struct Message(pub Arc<domain::Message>);

impl Message {
    /// Agents answer neither `reconnect` nor `disconnect`, so no answer can be overdue.
    fn expects_answer(&self) -> bool {
        !matches!(
            self.0.command,
            Some(domain::CommandName::Reconnect | domain::CommandName::Disconnect)
        )
    }
}

/// A message to or from a device.
#[Object]
impl Message {
    /// Opaque global id.
    pub async fn id(&self) -> ID {
        NodeId::Message(self.0.key()).into()
    }

    /// Our id of the message. TO_DEVICE: also `message_id` on the wire.
    async fn message_id(&self) -> UuidText {
        UuidText(self.0.message_id.as_uuid())
    }

    /// FROM_DEVICE: `message_id` as the device sent it, which need not be a UUID nor unique.
    async fn wire_message_id(&self) -> Option<String> {
        self.0.wire_message_id.clone()
    }

    /// Device the message went to or came from.
    async fn client_id(&self) -> ID {
        ID(self.0.client_id.to_string())
    }

    /// That device's record; `null` once it was purged.
    async fn connection(&self, ctx: &Context<'_>) -> Result<Option<ConnectionStatus>> {
        let access = Access::with(ctx, Permission::ConnectionRead)?;
        let found = access
            .loaders()?
            .connection(self.0.client_id.clone())
            .await?;
        Ok(found.map(ConnectionStatus))
    }

    /// Organisation it happened under; `null` until the device's could be resolved.
    async fn org_id(&self) -> Option<ID> {
        self.0.org_id.as_ref().map(|org_id| ID(org_id.to_string()))
    }

    /// Which way.
    async fn direction(&self) -> MessageDirection {
        self.0.direction.into()
    }

    /// What sort.
    async fn kind(&self) -> MessageKind {
        self.0.kind.into()
    }

    /// Worker name, for DATA; empty on some answers.
    async fn directive(&self) -> Option<String> {
        self.0.directive.clone()
    }

    /// Command, for COMMAND.
    async fn command(&self) -> Option<CommandName> {
        self.0.command.map(Into::into)
    }

    /// Payload. `null` without MESSAGE_READ, or after the retention time.
    async fn content(&self, ctx: &Context<'_>) -> Result<Option<Json>> {
        let readable = Access::of(ctx)?.caller.may(Permission::MessageRead);
        let content = self.0.content.clone().filter(|_| readable);
        Ok(content.map(Json))
    }

    /// Key-value pairs beside the payload.
    async fn metadata(&self, ctx: &Context<'_>) -> Result<Option<JsonObject>> {
        let readable = Access::of(ctx)?.caller.may(Permission::MessageRead);
        let metadata = self.0.metadata.clone().filter(|_| readable);
        Ok(metadata.map(JsonObject))
    }

    /// Size of content and metadata in bytes of JSON.
    async fn size_bytes(&self) -> i32 {
        self.0.size_bytes
    }

    /// Where it is. FROM_DEVICE messages have arrived, and are always RESPONDED.
    async fn state(&self) -> MessageState {
        self.0.state.into()
    }

    /// Every step so far, oldest first: the delivery timeline.
    async fn transitions(&self, ctx: &Context<'_>) -> Result<Vec<MessageTransition>> {
        let timeline = Access::of(ctx)?.loaders()?.timeline(self.0.key()).await?;
        Ok(timeline.iter().map(MessageTransition::from).collect())
    }

    /// Why it FAILED.
    async fn failure(&self) -> Option<MessageFailure> {
        let failure = self.0.failure.as_ref()?;
        Some(MessageFailure {
            code: failure.code.clone(),
            message: failure.message.clone(),
        })
    }

    /// Service or user that sent it; `null` for FROM_DEVICE.
    async fn sent_by(&self) -> Option<String> {
        self.0.sent_by.as_ref().map(ToString::to_string)
    }

    /// When the server accepted or received it.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When it stops being worth delivering. After publishing, time changes no state.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(DateTime)
    }

    /// PUBLISHED or UNCONFIRMED, past `expiresAt`, and no answer yet.
    async fn answer_overdue(&self, ctx: &Context<'_>) -> Result<bool> {
        let now = Access::of(ctx)?.ports.clock.now();
        Ok(self.expects_answer() && self.0.answer_overdue(now))
    }

    /// Sent a second time under the same wire id after a crash; the device may have it twice.
    async fn redelivered(&self) -> bool {
        self.0.redelivered
    }

    /// The message this one answers.
    async fn response_to(&self, ctx: &Context<'_>) -> Result<Option<Message>> {
        let Some(message_id) = self.0.response_to else {
            return Ok(None);
        };
        let access = Access::of(ctx)?;
        let key = MessageKey {
            client_id: self.0.client_id.clone(),
            message_id,
        };
        let found = access.loaders()?.message(key).await?;
        let known = found.filter(|message| access.may_see(message));
        Ok(known.map(Message))
    }

    /// Answers, oldest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn responses(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the start, 1–100.")] first: Option<i32>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Continue before this cursor.")] before: Option<String>,
    ) -> Result<MessageConnection> {
        let access = Access::of(ctx)?;
        let page = PageArgs {
            first,
            after,
            last,
            before,
        };
        Ok(answers(&access, self.0.key(), &page).await?)
    }
}
