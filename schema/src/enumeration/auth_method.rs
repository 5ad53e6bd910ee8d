//! `AuthMethod`.

use async_graphql::Enum;

/// How the caller proved who it is.
#[derive(Debug, Enum, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[graphql(remote = "connector_domain::caller::AuthMethod")]
pub enum AuthMethod {
    /// Platform identity header set by the gateway.
    IdentityHeader,
    /// Bearer JWT.
    Jwt,
    /// Service client id and pre-shared key.
    PreSharedKey,
}
