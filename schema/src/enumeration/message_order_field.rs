//! `MessageOrderField`.

use async_graphql::Enum;

/// What messages can be sorted by. Ties are broken by message id.
#[derive(Debug, Enum, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MessageOrderField {
    /// Accepted or received.
    CreatedAt,
}
