//! GraphQL over WebSocket: the `graphql-transport-ws` protocol.

mod frame;
mod operations;
mod session;
mod upgrade;

pub use upgrade::upgrade;
