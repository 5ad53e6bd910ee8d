//! `MessageArrival`.

use async_graphql::{Context, Object, Result};
use connector_domain::id::MessageKey;

use super::Message;
use super::message_state_change::{key_of, message_now};
use crate::live::{Delivery, Event};

/// The arrival of a message from a device.
pub struct MessageArrival {
    key: MessageKey,
    delivery: Delivery,
}

impl MessageArrival {
    /// `None` for an event of another kind.
    pub fn of(delivery: Delivery) -> Option<Self> {
        let Event::Message(moved) = &delivery.entry.event else {
            return None;
        };
        Some(Self {
            key: key_of(moved),
            delivery,
        })
    }
}

/// One event of `messageReceived`.
#[Object]
impl MessageArrival {
    /// The message, as it is now.
    async fn message(&self, ctx: &Context<'_>) -> Result<Message> {
        Ok(message_now(ctx, self.key.clone()).await?)
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
