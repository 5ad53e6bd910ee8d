//! Pages of state changes per device; devices asked for the same page are read together.

use std::collections::HashMap;

use connector_domain::connection::StateChange;
use connector_domain::id::ClientId;
use connector_domain::page::PageRequest;
use connector_domain::port::StoreError;
use dataloader::BatchFn;

use super::batch::{Loaded, answer, grouped, shared};
use super::{Reads, SharedPage};

/// Which page of the history of which device.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct StateHistoryKey {
    pub client_id: ClientId,
    pub page: PageRequest<i64>,
}

pub(super) struct StateHistories(pub Reads);

impl BatchFn<StateHistoryKey, Loaded<SharedPage<StateChange>>> for StateHistories {
    async fn load(
        &mut self,
        keys: &[StateHistoryKey],
    ) -> HashMap<StateHistoryKey, Loaded<SharedPage<StateChange>>> {
        answer(keys, self.read(keys).await)
    }
}

impl StateHistories {
    async fn read(
        &self,
        keys: &[StateHistoryKey],
    ) -> Result<HashMap<StateHistoryKey, SharedPage<StateChange>>, StoreError> {
        let mut pages = HashMap::new();
        let Some(scope) = &self.0.scope else {
            return Ok(pages);
        };
        let groups = grouped(keys, |key| (key.page.clone(), key.client_id.clone()));
        for (page, client_ids) in groups {
            let found = self
                .0
                .connections
                .state_changes(scope, &client_ids, &page)
                .await?;
            pages.extend(found.into_iter().map(|(client_id, changes)| {
                let page = page.clone();
                (StateHistoryKey { client_id, page }, shared(changes))
            }));
        }
        Ok(pages)
    }
}
