//! `MessageKind`.

use async_graphql::Enum;

/// What sort of message.
#[derive(Debug, Enum, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[graphql(remote = "connector_domain::message::MessageKind")]
pub enum MessageKind {
    /// Payload for, or from, a worker.
    Data,
    /// ping, reconnect or disconnect.
    Command,
    /// An event the device reported (pong, disconnect).
    Event,
}
