//! `ConnectionOrderField`.

use async_graphql::Enum;

/// What connections can be sorted by. Ties are broken by client id.
#[derive(Debug, Enum, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[graphql(remote = "connector_domain::connection::ConnectionOrderField")]
pub enum ConnectionOrderField {
    /// Client id.
    ClientId,
    /// FQDN; devices without one come last.
    Fqdn,
    /// Last sign of life.
    LastSeenAt,
    /// Last state change.
    StateChangedAt,
}
