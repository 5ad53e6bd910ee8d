//! `AuditOutcome`.

use async_graphql::Enum;

/// What became of what a caller asked for.
#[derive(Debug, Enum, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[graphql(remote = "connector_domain::audit::AuditOutcome")]
pub enum AuditOutcome {
    /// It was accepted. What became of a message is in its `transitions`.
    Accepted,
    /// The same request had been accepted before; nothing was sent again.
    Repeated,
    /// It was refused; nothing was sent.
    Refused,
}
