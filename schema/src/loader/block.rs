//! The blocks that hold, by client id: all, since they bind whoever has the device, and those that the caller is shown.

use std::collections::HashMap;
use std::sync::Arc;

use connector_domain::block::DeviceBlock;
use connector_domain::id::ClientId;
use connector_domain::port::StoreError;
use dataloader::BatchFn;

use super::Reads;
use super::batch::{Loaded, answer};

pub(super) struct DeviceBlocks(pub Reads);

impl BatchFn<ClientId, Loaded<Arc<DeviceBlock>>> for DeviceBlocks {
    async fn load(&mut self, keys: &[ClientId]) -> HashMap<ClientId, Loaded<Arc<DeviceBlock>>> {
        answer(keys, self.read(keys).await)
    }
}

impl DeviceBlocks {
    async fn read(
        &self,
        keys: &[ClientId],
    ) -> Result<HashMap<ClientId, Arc<DeviceBlock>>, StoreError> {
        let mut found = self.0.blocks.blocks_of(keys).await?;
        found.retain(DeviceBlock::holds);
        Ok(named(found))
    }
}

pub(super) struct ShownBlocks(pub Reads);

impl BatchFn<ClientId, Loaded<Arc<DeviceBlock>>> for ShownBlocks {
    async fn load(&mut self, keys: &[ClientId]) -> HashMap<ClientId, Loaded<Arc<DeviceBlock>>> {
        answer(keys, self.read(keys).await)
    }
}

impl ShownBlocks {
    async fn read(
        &self,
        keys: &[ClientId],
    ) -> Result<HashMap<ClientId, Arc<DeviceBlock>>, StoreError> {
        let Some(scope) = &self.0.scope else {
            return Ok(HashMap::new());
        };
        Ok(named(self.0.blocks.blocks_shown(scope, keys).await?))
    }
}

fn named(blocks: Vec<DeviceBlock>) -> HashMap<ClientId, Arc<DeviceBlock>> {
    let named = |block: DeviceBlock| (block.client_id.clone(), Arc::new(block));
    blocks.into_iter().map(named).collect()
}
