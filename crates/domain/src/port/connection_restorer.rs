//! Connection records from outside: filling a database from what was written elsewhere, and reading all of it.

use async_trait::async_trait;

use super::store_error::StoreError;
use crate::connection::Connection;
use crate::id::ClientId;
use crate::scope::IngestScope;

/// Writes and reads whole connection records, past the fold and past the history. For rebuilding a database and for
/// comparing one with what a rebuild gives; nothing that serves callers uses it.
#[async_trait]
pub trait ConnectionRestorer: Send + Sync {
    /// Writes records as they are, in one transaction, with no history and nothing to tell. One that is not above the
    /// stored one ([`Connection::supersedes`]) changes nothing. No version is below the newest that the device's history knows.
    /// Each device may occur once. A record with another version
    /// than the stored one counts as changed at the later of its position's stamp and the change of its state, which
    /// [`super::ConnectionReader::accounts`] looks at. How many were written; on an error nothing was.
    async fn restore(
        &self,
        scope: IngestScope,
        records: &[Connection],
    ) -> Result<usize, StoreError>;

    /// Removes the records of these devices and leaves their history alone: a device that comes back goes on counting its
    /// versions after it.
    async fn forget(&self, scope: IngestScope, client_ids: &[ClientId]) -> Result<(), StoreError>;

    /// The next records, whosever they are, in the byte order of client ids, from the first after `after` on. Fewer than
    /// `limit` are the last ones.
    async fn scan(
        &self,
        scope: IngestScope,
        after: Option<&ClientId>,
        limit: u16,
    ) -> Result<Vec<Connection>, StoreError>;
}
