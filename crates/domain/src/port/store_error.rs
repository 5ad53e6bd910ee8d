//! What can go wrong in a store, by what the caller can do about it.

/// Error of a store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is away, busy or out of time: try again; nothing was written.
    #[error("the database is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database will never take this value (SQLSTATE class 22 or 23; on SQLite CONSTRAINT, MISMATCH, TOOBIG):
    /// find the row, set it aside. Nothing was written.
    #[error("the database refuses a value")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A stored row is not what this version writes.
    #[error("a stored row cannot be read: {0}")]
    Unreadable(String),
}

impl StoreError {
    /// Something is wrong with the database rather than with a value.
    pub fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(source.into())
    }
}
