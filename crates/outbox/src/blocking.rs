//! Laying and lifting blocks, to the end even when the caller goes away, and told in the log.

use std::sync::Arc;

use connector_domain::audit::AuditEntry;
use connector_domain::block::DeviceBlock;
use connector_domain::id::ClientId;
use connector_domain::port::{Blocked, StoreError};
use connector_domain::stamp::Stamp;

use crate::audit::log_entry;
use crate::outbox::{Outbox, OutboxError};

impl Outbox {
    /// Blocks a client id, unless it is. The entry is stored and told if this changed anything.
    pub async fn block(
        &self,
        block: DeviceBlock,
        entry: AuditEntry,
    ) -> Result<Blocked, OutboxError> {
        let ledger = Arc::clone(&self.ports.blocking);
        self.to_the_end(async move {
            let blocked = ledger.block(block, &entry).await?;
            if let Blocked::Now(_) = &blocked {
                log_entry(&entry);
            }
            Ok(blocked)
        })
        .await
    }

    /// Lifts the block of a client id and returns it; `None` when there is none. The entry as above.
    pub async fn unblock(
        &self,
        client_id: ClientId,
        at: Stamp,
        entry: AuditEntry,
    ) -> Result<Option<DeviceBlock>, OutboxError> {
        let ledger = Arc::clone(&self.ports.blocking);
        self.to_the_end(async move {
            let lifted = ledger.unblock(&client_id, at, &entry).await?;
            if lifted.is_some() {
                log_entry(&entry);
            }
            Ok(lifted)
        })
        .await
    }

    /// Whether a client id is blocked now.
    pub(crate) async fn is_blocked(&self, client_id: &ClientId) -> Result<bool, StoreError> {
        let blocks = &self.ports.blocks;
        let blocks = blocks.blocks_of(std::slice::from_ref(client_id)).await?;
        Ok(blocks.iter().any(DeviceBlock::holds))
    }
}
