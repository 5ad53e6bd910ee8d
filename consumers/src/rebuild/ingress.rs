//! The third step: what devices said after what their records know of, folded as the consumer folds it.

use std::collections::BTreeMap;
use std::sync::Arc;

use connector_domain::connection::{DeviceBatch, DeviceRecord};
use connector_domain::id::ClientId;
use connector_domain::port::IncomingRecord;
use connector_domain::scope::IngestScope;
use connector_domain::tenant::TenantLookup;
use connector_domain::wire::TopicPrefix;

use super::folding::Folding;
use super::persistence::Persistence;
use super::{RebuildError, Store, Summary};
use crate::kafka_consumer::replay;

/// Folds the control topic into the records.
pub(super) struct Ingress {
    folding: Folding,
    scope: IngestScope,
    persistence: Persistence,
    prefix: TopicPrefix,
}

impl Ingress {
    pub(super) fn new(
        store: Arc<dyn Store>,
        scope: IngestScope,
        persistence: Persistence,
        prefix: TopicPrefix,
    ) -> Self {
        Self {
            folding: Folding::new(store),
            scope,
            persistence,
            prefix,
        }
    }

    /// Folds one batch. What cannot be read went to the dead letters when it was consumed, and is left out here.
    pub(super) async fn fold(
        &self,
        records: &[IncomingRecord],
        summary: &mut Summary,
    ) -> Result<(), RebuildError> {
        let mut devices: BTreeMap<ClientId, Vec<DeviceRecord>> = BTreeMap::new();
        for record in records {
            if let Some((client_id, record)) = replay::control_record(record, &self.prefix) {
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
        let refused = self.persistence.settle(apply).await??;
        summary.refused += u64::try_from(refused).unwrap_or(u64::MAX);
        Ok(())
    }
}
