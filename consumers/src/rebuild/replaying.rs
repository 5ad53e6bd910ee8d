//! What reading an ingress topic again takes.

use std::sync::Arc;

use connector_domain::block::Blocks;
use connector_domain::port::{BlockReader, IncomingRecord};
use connector_domain::wire::TopicPrefix;

use super::RebuildError;
use super::persistence::Persistence;
use crate::kafka_consumer::replay;

/// How records are read again: with the patience of a rebuild, and without what was set aside because of a block.
#[derive(Clone)]
pub(super) struct Replaying {
    pub(super) persistence: Persistence,
    pub(super) prefix: TopicPrefix,
    pub(super) blocks: Arc<dyn BlockReader>,
}

impl Replaying {
    /// The blocks of whoever is in a batch, past ones too.
    pub(super) async fn blocks(&self, records: &[IncomingRecord]) -> Result<Blocks, RebuildError> {
        let read = async || replay::blocks(self.blocks.as_ref(), records).await;
        Ok(self.persistence.settle(read).await??)
    }
}
