//! Pages of messages per device; devices asked for the same page are read together.

use std::collections::HashMap;
use std::sync::Arc;

use connector_domain::id::ClientId;
use connector_domain::message::{Message, MessageFilter, MessageKeyset, MessageOrder};
use connector_domain::page::PageRequest;
use connector_domain::port::StoreError;
use dataloader::BatchFn;

use super::batch::{Loaded, answer, grouped, shared};
use super::{Reads, SharedPage};

/// Which page of which device.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct DeviceMessagesKey {
    pub client_id: ClientId,
    pub filter: Arc<MessageFilter>,
    pub order: MessageOrder,
    pub page: PageRequest<MessageKeyset>,
}

pub(super) struct DeviceMessages(pub Reads);

impl BatchFn<DeviceMessagesKey, Loaded<SharedPage<Message>>> for DeviceMessages {
    async fn load(
        &mut self,
        keys: &[DeviceMessagesKey],
    ) -> HashMap<DeviceMessagesKey, Loaded<SharedPage<Message>>> {
        answer(keys, self.read(keys).await)
    }
}

impl DeviceMessages {
    async fn read(
        &self,
        keys: &[DeviceMessagesKey],
    ) -> Result<HashMap<DeviceMessagesKey, SharedPage<Message>>, StoreError> {
        let mut pages = HashMap::new();
        let Some(scope) = &self.0.scope else {
            return Ok(pages);
        };
        let groups = grouped(keys, |key| {
            let args = (Arc::clone(&key.filter), key.order, key.page.clone());
            (args, key.client_id.clone())
        });
        for ((filter, order, page), client_ids) in groups {
            let found = self
                .0
                .messages
                .message_pages(scope, &client_ids, &filter, order, &page)
                .await?;
            pages.extend(found.into_iter().map(|(client_id, messages)| {
                let key = DeviceMessagesKey {
                    client_id,
                    filter: Arc::clone(&filter),
                    order,
                    page: page.clone(),
                };
                (key, shared(messages))
            }));
        }
        Ok(pages)
    }
}
