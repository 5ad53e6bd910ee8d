//! Blocks of client ids: laid and lifted by callers, looked at by whoever takes something from a device or sends it
//! something. What they read is committed, so a block holds in every process from then on.

use async_trait::async_trait;

use super::store_error::StoreError;
use crate::audit::AuditEntry;
use crate::block::DeviceBlock;
use crate::id::ClientId;
use crate::scope::{IngestScope, Scope};
use crate::stamp::Stamp;

/// What became of a request to block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Blocked {
    /// It is blocked from now on.
    Now(DeviceBlock),
    /// It was blocked already, by this.
    Already(DeviceBlock),
}

/// Writes of whoever acts for callers, who are allowed to before they come here. Each stores its audit entry in the
/// same transaction, if it changed anything.
#[async_trait]
pub trait BlockLedger: Send + Sync {
    /// Blocks a client id, unless it is.
    async fn block(&self, block: DeviceBlock, entry: &AuditEntry) -> Result<Blocked, StoreError>;

    /// Lifts the block of a client id and returns it; `None` when there is none.
    async fn unblock(
        &self,
        client_id: &ClientId,
        at: Stamp,
        entry: &AuditEntry,
    ) -> Result<Option<DeviceBlock>, StoreError>;
}

/// Reads. Those that enforce know no scope: a block binds whoever has the device.
#[async_trait]
pub trait BlockReader: Send + Sync {
    /// Every block of these client ids, past ones too.
    async fn blocks_of(&self, client_ids: &[ClientId]) -> Result<Vec<DeviceBlock>, StoreError>;

    /// The blocks of these client ids that hold now and are shown within a scope.
    async fn blocks_shown(
        &self,
        scope: &Scope,
        client_ids: &[ClientId],
    ) -> Result<Vec<DeviceBlock>, StoreError>;

    /// The blocks that hold now, by client id.
    async fn blocks_now(&self, scope: IngestScope) -> Result<Vec<DeviceBlock>, StoreError>;
}
