//! `ConnectionStateReason`.

use async_graphql::Enum;

/// What made the state what it is.
#[derive(Debug, Enum, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[graphql(remote = "connector_domain::connection::ConnectionStateReason")]
pub enum ConnectionStateReason {
    /// The device said so in a connection-status message.
    Reported,
    /// The broker published the device's last will: the link dropped.
    LinkLost,
    /// It was told to drop the link and no longer answers.
    Command,
    /// Any message from it arrived after it was thought gone.
    Seen,
    /// No answer to a probe within the liveness window.
    TimedOut,
}
