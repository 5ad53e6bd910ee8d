//! `OrderDirection`.

use async_graphql::Enum;

/// Sort direction.
#[derive(Debug, Enum, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[graphql(remote = "connector_domain::page::Direction")]
pub enum OrderDirection {
    /// Smallest or oldest first.
    #[graphql(name = "ASC")]
    Ascending,
    /// Largest or newest first.
    #[graphql(name = "DESC")]
    Descending,
}
