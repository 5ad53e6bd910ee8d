//! From SQLite's errors to what a caller of the store can do about them.

use connector_domain::port::StoreError;

/// SQLite's primary result codes that a value causes (<https://www.sqlite.org/rescode.html>).
const TOO_BIG: i32 = 18;
const CONSTRAINT: i32 = 19;
const MISMATCH: i32 = 20;

/// What went wrong inside the store.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// SQLite, or the pool of connections to it.
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    /// A value that cannot be written.
    #[error(transparent)]
    Value(#[from] serde_json::Error),
    /// A request that cannot be carried out on what is stored.
    #[error("{0}")]
    Request(&'static str),
    /// A row that this version did not write.
    #[error("a stored row cannot be read: {0}")]
    Row(String),
}

impl Fault {
    /// A column of a row whose content is not what this version writes there.
    pub(crate) fn column(name: &'static str) -> Self {
        Self::Row(format!("column {name}"))
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Row(problem) => Self::Unreadable(problem),
            Fault::Sql(error) if is_decoding(&error) => Self::Unreadable(error.to_string()),
            Fault::Sql(error) if is_refusal(&error) => Self::Refused(error.into()),
            Fault::Sql(error) => Self::unavailable(error),
            Fault::Value(error) => Self::Refused(error.into()),
            Fault::Request(problem) => Self::Refused(problem.into()),
        }
    }
}

fn is_decoding(error: &sqlx::Error) -> bool {
    matches!(
        error,
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)
    )
}

/// Whether the same statement with another value could succeed.
fn is_refusal(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| {
        let extended: i32 = error.code()?.parse().ok()?;
        Some(extended & 0xff)
    });
    matches!(code, Some(TOO_BIG | CONSTRAINT | MISMATCH))
}
