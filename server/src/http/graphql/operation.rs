//! Which operation of a document a request runs.

use async_graphql::Request;
use async_graphql::parser::types::OperationType;

/// What sort of operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Reads.
    Query,
    /// Writes.
    Mutation,
    /// Streams.
    Subscription,
}

/// The kind of the operation that `request` runs; `None` when that cannot be told, and then executing it says why.
pub fn kind_of(request: &mut Request) -> Option<Kind> {
    // The schema refuses a document that is over its limits; parsing one here would be what they prevent.
    connector_schema::check_document(&request.query).ok()?;
    let wanted = request.operation_name.clone();
    let document = request.parsed_query().ok()?;
    let mut operations = document.operations.iter();
    let (_, operation) = match wanted {
        Some(wanted) => {
            operations.find(|(name, _)| name.is_some_and(|name| name.as_str() == wanted))?
        }
        None => operations.next()?,
    };
    Some(match operation.node.ty {
        OperationType::Query => Kind::Query,
        OperationType::Mutation => Kind::Mutation,
        OperationType::Subscription => Kind::Subscription,
    })
}
