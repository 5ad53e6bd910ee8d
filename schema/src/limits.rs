//! What a caller may ask for at most. Callers read most of it as `server.limits`.

use std::time::Duration;

use connector_domain::limits;

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct Options {
    /// Limits on one request.
    pub limits: Limits,
    /// Whether callers may read the schema itself.
    pub introspection: bool,
    /// How long `changesCursor` waits for the events topics to be read up to now.
    pub ready_wait: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            introspection: true,
            ready_wait: Duration::from_secs(5),
        }
    }
}

/// Limits on one request.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Largest depth of a query. The introspection query of graphql-js needs 15.
    pub depth: usize,
    /// Largest cost of a query.
    pub complexity: usize,
    /// Most live subscriptions on one WebSocket; the server enforces it.
    pub subscriptions_per_socket: u16,
    /// Largest `content` plus `metadata` of one message, in bytes of JSON.
    pub message_bytes: usize,
    /// Longest `expiresInSeconds`.
    pub message_ttl_seconds: i32,
    /// Limits on the text of a document.
    pub document: DocumentLimits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 16,
            complexity: 2000,
            subscriptions_per_socket: 64,
            message_bytes: limits::MESSAGE_BYTES,
            message_ttl_seconds: limits::MESSAGE_TTL_SECONDS,
            document: DocumentLimits::default(),
        }
    }
}

/// Limits on the text of a document, checked before it is parsed and on what it selects at its root: the library's
/// own cost counts neither `__typename` nor what parsing takes.
#[derive(Debug, Clone, Copy)]
pub struct DocumentLimits {
    /// Most bytes.
    pub bytes: usize,
    /// Most tokens.
    pub tokens: usize,
    /// Most brackets open at once.
    pub nesting: usize,
    /// Most selections at the root of one operation, `__typename` and fragments included.
    pub root_selections: usize,
    /// Most selections of one operation in all, with fragments written out.
    pub selections: usize,
    /// Most directives on one field.
    pub directives: usize,
}

impl Default for DocumentLimits {
    fn default() -> Self {
        Self {
            bytes: 64 * 1024,
            tokens: 10_000,
            nesting: 64,
            root_selections: 50,
            selections: 5000,
            directives: 10,
        }
    }
}

/// Most errors told about one invalid document.
pub(crate) const VALIDATION_ERRORS: usize = 20;
