//! The second step: when devices were last heard on the data channel.

use std::collections::BTreeMap;
use std::sync::Arc;

use connector_domain::id::ClientId;
use connector_domain::port::IncomingRecord;
use connector_domain::scope::IngestScope;
use connector_domain::stamp::Stamp;

use super::replaying::Replaying;
use super::{RebuildError, Store, Summary};
use crate::kafka_consumer::replay;

/// Moves `last_seen_at` on. Devices without a record are left out, as the consumer leaves them out.
pub(super) struct Heard {
    store: Arc<dyn Store>,
    scope: IngestScope,
    replaying: Replaying,
}

impl Heard {
    pub(super) fn new(store: Arc<dyn Store>, scope: IngestScope, replaying: Replaying) -> Self {
        Self {
            store,
            scope,
            replaying,
        }
    }

    /// Notes one batch.
    pub(super) async fn note(
        &self,
        records: &[IncomingRecord],
        summary: &mut Summary,
    ) -> Result<(), RebuildError> {
        let blocks = self.replaying.blocks(records).await?;
        let mut latest: BTreeMap<ClientId, Stamp> = BTreeMap::new();
        for record in records {
            if let Some((client_id, stamp)) = replay::heard(record, &self.replaying.prefix, &blocks)
            {
                summary.heard += 1;
                let heard = latest.entry(client_id).or_insert(stamp);
                *heard = stamp.max(*heard);
            }
        }
        if latest.is_empty() {
            return Ok(());
        }
        let seen: Vec<(ClientId, Stamp)> = latest.into_iter().collect();
        let (store, scope) = (&self.store, self.scope);
        let touch = async || store.touch(scope, &seen).await;
        Ok(self.replaying.persistence.settle(touch).await??)
    }
}
