//! `CommandName`.

use async_graphql::Enum;

/// A command a device understands.
#[derive(Debug, Enum, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[graphql(remote = "connector_domain::message::CommandName")]
pub enum CommandName {
    /// Answer with a pong event.
    Ping,
    /// Drop the link and connect again after a delay.
    Reconnect,
    /// Drop the link and stay away.
    Disconnect,
}
