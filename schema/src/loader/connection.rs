//! Devices by client id.

use std::collections::HashMap;
use std::sync::Arc;

use connector_domain::connection::Connection;
use connector_domain::id::ClientId;
use connector_domain::port::StoreError;
use dataloader::BatchFn;

use super::Reads;
use super::batch::{Loaded, answer};

pub(super) struct Connections(pub Reads);

impl BatchFn<ClientId, Loaded<Arc<Connection>>> for Connections {
    async fn load(&mut self, keys: &[ClientId]) -> HashMap<ClientId, Loaded<Arc<Connection>>> {
        answer(keys, self.read(keys).await)
    }
}

impl Connections {
    async fn read(
        &self,
        keys: &[ClientId],
    ) -> Result<HashMap<ClientId, Arc<Connection>>, StoreError> {
        let Some(scope) = &self.0.scope else {
            return Ok(HashMap::new());
        };
        let found = self.0.connections.connections(scope, keys).await?;
        let named = |device: Connection| (device.client_id.clone(), Arc::new(device));
        Ok(found.into_iter().map(named).collect())
    }
}
