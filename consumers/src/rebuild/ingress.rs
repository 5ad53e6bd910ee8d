//! The third step: what devices said after what their records know of, folded as the consumer folds it.

use std::collections::BTreeMap;
use std::sync::Arc;

use connector_domain::connection::{DeviceBatch, DeviceRecord};
use connector_domain::id::ClientId;
use connector_domain::port::IncomingRecord;
use connector_domain::scope::IngestScope;
use connector_domain::tenant::TenantLookup;

use super::folding::Folding;
use super::replaying::Replaying;
use super::{RebuildError, Store, Summary};
use crate::kafka_consumer::replay;

/// Folds the control topic into the records.
pub(super) struct Ingress {
    folding: Folding,
    scope: IngestScope,
    replaying: Replaying,
}

impl Ingress {
    pub(super) fn new(store: Arc<dyn Store>, scope: IngestScope, replaying: Replaying) -> Self {
        Self {
            folding: Folding::new(store),
            scope,
            replaying,
        }
    }

    /// Folds one batch. What cannot be read went to the dead letters when it was consumed, and is left out here.
    pub(super) async fn fold(
        &self,
        records: &[IncomingRecord],
        summary: &mut Summary,
    ) -> Result<(), RebuildError> {
        let blocks = self.replaying.blocks(records).await?;
        let mut devices: BTreeMap<ClientId, Vec<DeviceRecord>> = BTreeMap::new();
        for record in records {
            let read = replay::control_record(record, &self.replaying.prefix, &blocks);
            if let Some((client_id, record)) = read {
                summary.folded += 1;
                devices.entry(client_id).or_default().push(record);
            }
        }
        let devices: Vec<DeviceBatch> = devices
            .into_iter()
            .map(|(client_id, records)| DeviceBatch {
                client_id,
                // Nobody is asked: a record keeps its tenant, a new one is pending.
                tenant: TenantLookup::Unavailable,
                records,
            })
            .collect();
        let apply = async || replay::apply(&self.folding, self.scope, devices.clone()).await;
        let refused = self.replaying.persistence.settle(apply).await??;
        summary.refused += u64::try_from(refused).unwrap_or(u64::MAX);
        Ok(())
    }
}
