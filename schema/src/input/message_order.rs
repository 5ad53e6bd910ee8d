//! `MessageOrder`.

use async_graphql::InputObject;
use connector_domain::message as domain;

use crate::enumeration::{MessageOrderField, OrderDirection};

/// Sort order of messages.
#[derive(InputObject)]
pub struct MessageOrder {
    /// By what.
    pub field: MessageOrderField,
    /// Which way.
    #[graphql(default_with = "OrderDirection::Descending")]
    pub direction: OrderDirection,
}

impl Default for MessageOrder {
    fn default() -> Self {
        Self {
            field: MessageOrderField::CreatedAt,
            direction: OrderDirection::Descending,
        }
    }
}

impl From<MessageOrder> for domain::MessageOrder {
    fn from(order: MessageOrder) -> Self {
        let MessageOrderField::CreatedAt = order.field;
        Self {
            direction: order.direction.into(),
        }
    }
}
