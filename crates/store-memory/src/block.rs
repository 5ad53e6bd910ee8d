//! Blocks of client ids.

use async_trait::async_trait;
use connector_domain::audit::AuditEntry;
use connector_domain::block::DeviceBlock;
use connector_domain::id::ClientId;
use connector_domain::port::{BlockLedger, BlockReader, Blocked, StoreError};
use connector_domain::scope::{IngestScope, Scope};
use connector_domain::stamp::Stamp;

use crate::store::MemoryStore;

#[async_trait]
impl BlockLedger for MemoryStore {
    async fn block(&self, block: DeviceBlock, entry: &AuditEntry) -> Result<Blocked, StoreError> {
        let mut tables = self.call();
        let mut of_device = tables.blocks.iter();
        let earlier = of_device.find(|other| other.client_id == block.client_id && other.holds());
        if let Some(earlier) = earlier {
            return Ok(Blocked::Already(earlier.clone()));
        }
        tables.blocks.push(block.clone());
        tables.add_entry(entry.clone());
        Ok(Blocked::Now(block))
    }

    async fn unblock(
        &self,
        client_id: &ClientId,
        at: Stamp,
        entry: &AuditEntry,
    ) -> Result<Option<DeviceBlock>, StoreError> {
        let mut tables = self.call();
        let mut of_device = tables.blocks.iter_mut();
        let Some(block) = of_device.find(|block| block.client_id == *client_id && block.holds())
        else {
            return Ok(None);
        };
        block.lifted_at = Some(at);
        let lifted = block.clone();
        tables.add_entry(entry.clone());
        Ok(Some(lifted))
    }
}

#[async_trait]
impl BlockReader for MemoryStore {
    async fn blocks_of(&self, client_ids: &[ClientId]) -> Result<Vec<DeviceBlock>, StoreError> {
        let tables = self.call();
        let blocks = tables.blocks.iter();
        let found = blocks.filter(|block| client_ids.contains(&block.client_id));
        Ok(found.cloned().collect())
    }

    async fn blocks_shown(
        &self,
        scope: &Scope,
        client_ids: &[ClientId],
    ) -> Result<Vec<DeviceBlock>, StoreError> {
        let mut blocks = self.blocks_of(client_ids).await?;
        blocks.retain(|block| block.holds() && block.is_shown_to(scope));
        Ok(blocks)
    }

    async fn blocks_now(&self, _scope: IngestScope) -> Result<Vec<DeviceBlock>, StoreError> {
        let tables = self.call();
        let blocks = tables.blocks.iter().filter(|block| block.holds());
        let mut found: Vec<DeviceBlock> = blocks.cloned().collect();
        found.sort_by(|one, other| one.client_id.cmp(&other.client_id));
        Ok(found)
    }
}
