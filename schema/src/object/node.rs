//! The interface `Node`.

use async_graphql::{ID, Interface};

use super::{Account, ConnectionStatus, Message};

/// An object that can be fetched again by its opaque global id.
#[derive(Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "Opaque, stable for the object's life, unique over all types. Do not parse it."
))]
pub enum Node {
    Account(Account),
    Connection(ConnectionStatus),
    Message(Message),
}
