//! Where the database is, and how long anything there may take.

use std::fmt;
use std::time::Duration;

/// Settings of [`crate::PostgresStore`].
#[derive(Clone)]
pub struct Options {
    /// `postgres://user:password@host:port/database`, with `sslmode`, `sslrootcert`, `sslcert` and `sslkey` as parameters.
    /// Without a password, that of `~/.pgpass` or `PGPASSWORD`.
    pub url: String,
    /// What the server's list of sessions calls this process, e.g. its role.
    pub application_name: String,
    /// Most connections of this process. The server's `max_connections` must hold those of every process.
    pub max_connections: u32,
    /// Connections kept open while nothing happens.
    pub min_connections: u32,
    /// How long a call waits for its turn on a connection, opening one included.
    pub acquire_timeout: Duration,
    /// How long one statement may run or wait for a lock, and how long a transaction may be left open by a process that
    /// stopped, before the server ends it.
    pub statement_timeout: Duration,
    /// How long one call may take in all, its retries included: what ends it when the server says nothing any more.
    pub call_timeout: Duration,
}

impl Options {
    /// Settings that suit one role, for this database.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            application_name: "cloud-connector".to_owned(),
            max_connections: 10,
            min_connections: 0,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(10),
            call_timeout: Duration::from_secs(30),
        }
    }
}

/// Without the URL, which may hold a password.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("application_name", &self.application_name)
            .field("max_connections", &self.max_connections)
            .field("min_connections", &self.min_connections)
            .field("acquire_timeout", &self.acquire_timeout)
            .field("statement_timeout", &self.statement_timeout)
            .field("call_timeout", &self.call_timeout)
            .finish_non_exhaustive()
    }
}
