//! From PostgreSQL's errors to what a caller of the store can do about them.

use connector_domain::port::StoreError;

/// SQLSTATE classes that a value causes (<https://www.postgresql.org/docs/current/errcodes-appendix.html>): data
/// exception, and integrity constraint violation.
const VALUE_CLASSES: [&str; 2] = ["22", "23"];

/// A value longer than an index entry can be; the same value will always be.
const PROGRAM_LIMIT_EXCEEDED: &str = "54000";

/// The transaction lost against another that ran beside it: serialization failure, and deadlock.
const LOST_TO_ANOTHER: [&str; 2] = ["40001", "40P01"];

/// Keys that two writers of the same record would both use: each number is given out once, and one block holds at a time.
const NUMBERS: [&str; 3] = [
    "connection_history_pkey",
    "message_transitions_pkey",
    "device_blocks_one_holds",
];

/// What went wrong inside the store.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// PostgreSQL, or the way to it.
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    /// The call took longer than it may.
    #[error("no answer in time")]
    TooSlow,
    /// Another transaction made or changed a row that this one had counted on.
    #[error("another transaction was faster")]
    Raced,
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

    /// Whether the same transaction, done again, can succeed at once.
    pub(crate) fn is_race(&self) -> bool {
        match self {
            Self::Raced => true,
            Self::Sql(sqlx::Error::Database(error)) => {
                let lost = |code: &str| LOST_TO_ANOTHER.contains(&code);
                let taken = |constraint: &str| NUMBERS.contains(&constraint);
                error.code().as_deref().is_some_and(lost) || error.constraint().is_some_and(taken)
            }
            _ => false,
        }
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Row(problem) => Self::Unreadable(problem),
            Fault::Sql(error) if is_decoding(&error) => Self::Unreadable(error.to_string()),
            Fault::Sql(error) if is_refusal(&error) => Self::Refused(error.into()),
            Fault::Sql(error) => Self::unavailable(error),
            Fault::TooSlow | Fault::Raced => Self::unavailable(fault),
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
    let is_value = |code: String| {
        code == PROGRAM_LIMIT_EXCEEDED || VALUE_CLASSES.iter().any(|class| code.starts_with(class))
    };
    matches!(error, sqlx::Error::Encode(_)) || sqlstate(error).is_some_and(is_value)
}

fn sqlstate(error: &sqlx::Error) -> Option<String> {
    let code = error.as_database_error()?.code()?;
    Some(code.into_owned())
}
