//! Timelines by message.

use std::collections::HashMap;
use std::sync::Arc;

use connector_domain::id::MessageKey;
use connector_domain::message::Transition;
use connector_domain::port::StoreError;
use dataloader::BatchFn;

use super::Reads;
use super::batch::{Loaded, answer};

pub(super) struct Timelines(pub Reads);

impl BatchFn<MessageKey, Loaded<Arc<Vec<Transition>>>> for Timelines {
    async fn load(
        &mut self,
        keys: &[MessageKey],
    ) -> HashMap<MessageKey, Loaded<Arc<Vec<Transition>>>> {
        answer(keys, self.read(keys).await)
    }
}

impl Timelines {
    async fn read(
        &self,
        keys: &[MessageKey],
    ) -> Result<HashMap<MessageKey, Arc<Vec<Transition>>>, StoreError> {
        let Some(scope) = &self.0.scope else {
            return Ok(HashMap::new());
        };
        let found = self.0.messages.transitions(scope, keys).await?;
        let shared = |(key, steps)| (key, Arc::new(steps));
        Ok(found.into_iter().map(shared).collect())
    }
}
