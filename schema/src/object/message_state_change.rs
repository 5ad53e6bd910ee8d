//! `MessageStateChange`.

use async_graphql::{Context, Object, Result};
use connector_domain::id::MessageKey;

use super::{Message, int};
use crate::access::Access;
use crate::enumeration::MessageState;
use crate::error::Fault;
use crate::live::{Delivery, Event, MessageMoved};
use crate::scalar::DateTime;

/// One step of a message to a device.
pub struct MessageStateChange {
    delivery: Delivery,
    moved: MessageMoved,
}

impl MessageStateChange {
    /// `None` for an event of another kind.
    pub fn of(delivery: Delivery) -> Option<Self> {
        let Event::Message(moved) = &delivery.entry.event else {
            return None;
        };
        Some(Self {
            moved: moved.clone(),
            delivery,
        })
    }
}

/// One change of a message's state.
#[Object]
impl MessageStateChange {
    /// Place in the message's own sequence, from 1: repeats have the same.
    async fn seq(&self) -> i32 {
        int(self.moved.seq)
    }

    /// The message, as it is now.
    async fn message(&self, ctx: &Context<'_>) -> Result<Message> {
        Ok(message_now(ctx, key_of(&self.moved)).await?)
    }

    /// State before; `null` when it was just accepted.
    async fn previous_state(&self) -> Option<MessageState> {
        self.moved.previous_state.map(Into::into)
    }

    /// State after.
    async fn state(&self) -> MessageState {
        self.moved.message.state.into()
    }

    /// When, by the server's clock.
    async fn occurred_at(&self) -> DateTime {
        self.moved.occurred_at.into()
    }

    /// Give this to `after` of the subscription to resume here.
    async fn cursor(&self) -> &str {
        &self.delivery.entry.cursor
    }

    /// Events dropped just before this one because the subscriber read too slowly.
    async fn missed(&self) -> i32 {
        self.delivery.missed
    }
}

/// The message an event is about.
pub(super) fn key_of(moved: &MessageMoved) -> MessageKey {
    MessageKey {
        client_id: moved.message.client_id.clone(),
        message_id: moved.message.message_id,
    }
}

/// The message of an event. Its record outlives its events by far, so it is there.
pub(super) async fn message_now(ctx: &Context<'_>, key: MessageKey) -> Result<Message, Fault> {
    let found = Access::of(ctx)?.loaders()?.message(key).await?;
    let gone = || Fault::internal_text("the message of an event is gone");
    found.map(Message).ok_or_else(gone)
}
