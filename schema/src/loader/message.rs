//! Messages by device and message id.

use std::collections::HashMap;
use std::sync::Arc;

use connector_domain::id::MessageKey;
use connector_domain::message::Message;
use connector_domain::port::StoreError;
use dataloader::BatchFn;

use super::Reads;
use super::batch::{Loaded, answer};

pub(super) struct Messages(pub Reads);

impl BatchFn<MessageKey, Loaded<Arc<Message>>> for Messages {
    async fn load(&mut self, keys: &[MessageKey]) -> HashMap<MessageKey, Loaded<Arc<Message>>> {
        answer(keys, self.read(keys).await)
    }
}

impl Messages {
    async fn read(
        &self,
        keys: &[MessageKey],
    ) -> Result<HashMap<MessageKey, Arc<Message>>, StoreError> {
        let Some(scope) = &self.0.scope else {
            return Ok(HashMap::new());
        };
        let found = self.0.messages.messages(scope, keys).await?;
        let named = |message: Message| (message.key(), Arc::new(message));
        Ok(found.into_iter().map(named).collect())
    }
}
