//! Opening and closing the database, and who gets which connection.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Sqlite, Transaction};

use crate::error::Fault;

/// How long SQLite waits for another process that has the database, such as a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a call waits for its turn on a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// Connections for reading.
const READERS: u32 = 4;

/// Why the database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no such file, and none was to be made.
    #[error("there is no database at {}", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// Its folder cannot be made.
    #[error("the folder of the database {} cannot be made", path.display())]
    Folder {
        /// Where the database was to be.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file is not a database, or may not be read or written.
    #[error("the database {} cannot be opened", path.display())]
    Database {
        /// Where it is.
        path: PathBuf,
        /// Why not.
        source: sqlx::Error,
    },
}

/// The store. A cheap handle; every copy is the same database.
///
/// Opening it runs no migration: call [`SqliteStore::migrate`], or refuse to start when
/// [`SqliteStore::pending_migrations`] has any.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl SqliteStore {
    /// Opens the database, making its folder and file where they are missing.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        if let Some(folder) = path.parent() {
            let made = tokio::fs::create_dir_all(folder).await;
            made.map_err(|source| OpenError::Folder {
                path: path.to_owned(),
                source,
            })?;
        }
        Self::connect(path, options(path).create_if_missing(true)).await
    }

    /// Opens the database only if it is there.
    pub async fn open_existing(path: &Path) -> Result<Self, OpenError> {
        if !tokio::fs::try_exists(path).await.unwrap_or(false) {
            return Err(OpenError::Missing {
                path: path.to_owned(),
            });
        }
        Self::connect(path, options(path)).await
    }

    async fn connect(path: &Path, options: SqliteConnectOptions) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Database {
            path: path.to_owned(),
            source,
        };
        // First the writer: it makes the file and turns on WAL.
        let writer = pool(1).connect_with(options.clone()).await;
        let writer = writer.map_err(failed)?;
        let readers = pool(READERS)
            .connect_with(options.pragma("query_only", "ON"))
            .await;
        let readers = readers.map_err(failed)?;
        Ok(Self { writer, readers })
    }

    /// Finishes what is running and closes the file. Calls after it fail.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// The file it is.
    pub fn path(&self) -> PathBuf {
        self.writer.connect_options().get_filename().to_owned()
    }

    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    pub(crate) fn writer(&self) -> &SqlitePool {
        &self.writer
    }

    /// A transaction that may write, and sees nothing that is not committed.
    pub(crate) async fn write(&self) -> Result<Transaction<'static, Sqlite>, Fault> {
        // Takes the lock at once: one taken later, after reading, could not be waited for.
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// A transaction whose statements all see the same moment.
    pub(crate) async fn snapshot(&self) -> Result<Transaction<'static, Sqlite>, Fault> {
        Ok(self.readers.begin().await?)
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // NORMAL may lose the last commits when the machine stops, and their Kafka offsets would be past them.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
}
