//! Top-level errors: each variant is one `extensions.code`.

use std::error::Error as StdError;
use std::sync::Arc;

use async_graphql::{ErrorExtensionValues, ServerError};
use connector_domain::caller::Permission;
use connector_domain::port::StoreError;
use connector_outbox::OutboxError;

use crate::document::DocumentError;

type Source = Arc<dyn StdError + Send + Sync>;

/// A fault. Travels as the source of the library's error; an extension writes its code into the answer.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Fault {
    #[error("no valid credentials")]
    Unauthenticated,
    /// Only for a missing permission, never for what belongs to somebody else.
    #[error("needs the permission {}", .0.as_str())]
    Forbidden(Permission),
    #[error("{0}")]
    BadUserInput(String),
    #[error("the cursor is too old or of another log: fetch again what you show")]
    CursorExpired,
    #[error("{0}")]
    Document(DocumentError),
    #[error("the query is {depth} deep, at most {limit} are taken")]
    TooDeep { depth: usize, limit: usize },
    #[error("the query costs {cost}, at most {limit} are taken")]
    TooComplex { cost: usize, limit: usize },
    #[error("the service is unavailable, try again")]
    Unavailable(#[source] Source),
    #[error("internal error")]
    Internal(#[source] Source),
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Reason(&'static str);

impl Fault {
    pub fn bad_input(message: impl Into<String>) -> Self {
        Self::BadUserInput(message.into())
    }

    pub fn internal(source: impl StdError + Send + Sync + 'static) -> Self {
        Self::Internal(Arc::new(source))
    }

    pub fn internal_text(reason: &'static str) -> Self {
        Self::internal(Reason(reason))
    }

    pub fn unavailable_text(reason: &'static str) -> Self {
        Self::Unavailable(Arc::new(Reason(reason)))
    }

    /// `extensions.code`, spelled as Apollo does where Apollo has one.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden(_) => "FORBIDDEN",
            Self::BadUserInput(_) | Self::Document(DocumentError::WideInteger) => "BAD_USER_INPUT",
            Self::CursorExpired => "CURSOR_EXPIRED",
            Self::Document(DocumentError::Unparsable(_)) => "GRAPHQL_PARSE_FAILED",
            Self::Document(DocumentError::Introspection) => "GRAPHQL_VALIDATION_FAILED",
            Self::TooDeep { .. } | Self::Document(DocumentError::TooNested { .. }) => {
                "QUERY_TOO_DEEP"
            }
            Self::TooComplex { .. } | Self::Document(_) => "QUERY_TOO_COMPLEX",
            Self::Unavailable(_) => "UNAVAILABLE",
            Self::Internal(_) => "INTERNAL",
        }
    }

    /// The rest of `extensions`.
    pub fn extend(&self, values: &mut ErrorExtensionValues) {
        match self {
            Self::Forbidden(permission) => values.set("permission", permission.as_str()),
            Self::TooDeep { depth, limit } => {
                values.set("cost", *depth);
                values.set("limit", *limit);
            }
            Self::TooComplex { cost, limit } => {
                values.set("cost", *cost);
                values.set("limit", *limit);
            }
            Self::Document(
                DocumentError::TooLong { limit, .. }
                | DocumentError::TooManyTokens { limit }
                | DocumentError::TooNested { limit }
                | DocumentError::TooManyRoots { limit, .. }
                | DocumentError::TooManySelections { limit },
            ) => values.set("limit", *limit),
            _ => {}
        }
    }

    /// What an operator has to know and a caller has not.
    pub fn hidden_source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Unavailable(source) | Self::Internal(source) => Some(source.as_ref()),
            _ => None,
        }
    }

    /// The library's error, at no place in particular.
    pub fn into_server_error(self) -> ServerError {
        let mut error = ServerError::new(self.to_string(), None);
        error.source = Some(Arc::new(self));
        error
    }
}

impl From<Arc<StoreError>> for Fault {
    fn from(error: Arc<StoreError>) -> Self {
        match error.as_ref() {
            StoreError::Unavailable(_) => Self::Unavailable(error),
            StoreError::Refused(_) | StoreError::Unreadable(_) => Self::Internal(error),
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::from(Arc::new(error))
    }
}

impl From<OutboxError> for Fault {
    fn from(error: OutboxError) -> Self {
        match error {
            OutboxError::Store(error) => Self::from(error),
            OutboxError::ShuttingDown => Self::unavailable_text("the process is shutting down"),
        }
    }
}
