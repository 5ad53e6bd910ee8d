//! `ConnectionOrder`.

use async_graphql::InputObject;
use connector_domain::connection as domain;

use crate::enumeration::{ConnectionOrderField, OrderDirection};

/// Sort order of connections.
#[derive(InputObject)]
pub struct ConnectionOrder {
    /// By what.
    pub field: ConnectionOrderField,
    /// Which way.
    #[graphql(default_with = "OrderDirection::Ascending")]
    pub direction: OrderDirection,
}

impl Default for ConnectionOrder {
    fn default() -> Self {
        Self {
            field: ConnectionOrderField::ClientId,
            direction: OrderDirection::Ascending,
        }
    }
}

impl From<ConnectionOrder> for domain::ConnectionOrder {
    fn from(order: ConnectionOrder) -> Self {
        Self {
            field: order.field.into(),
            direction: order.direction.into(),
        }
    }
}
