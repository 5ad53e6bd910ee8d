//! Connection records rebuilt from Kafka into an empty database, and a live database compared with what that gives. The
//! work of the command `rebuild`.
//!
//! Three topics are read from their oldest record to their end: `connection-state` (whole records; a tombstone forgets
//! one), the data topic (who was heard when), then the control topic, folded above each record's position as the
//! consumer folds it. Promises:
//! - No side effect: nothing is appended to any topic, no tenant is looked up (records bring theirs; a device that only
//!   the control topic knows is pending), no history is made up, versions go on from those of the records.
//! - The same states, facts and versions as the database had: every change that anybody was told of is in
//!   `connection-state`, and what came after the last one changed nothing, so it must change nothing again. A late will
//!   changed nothing because its device had been heard on the data channel in the meantime: that is why the data topic
//!   is read, and why before the control topic.
//! - Interrupted at any point and run again, it ends the same: nothing is written that is not above what is stored.
//! - A database that consumers have written to is refused: records applied there may be newer than what was read here,
//!   and its history would have gaps. What a rebuild that was interrupted left is no reason to refuse.
//!
//! A record purged within the retention of the control topic would come back; the retention of offline records is far
//! longer.

mod check;
mod comparison;
mod folding;
mod heard;
mod ingress;
mod observer;
mod persistence;
mod replaying;
mod source;
mod state_rows;

use std::sync::Arc;
use std::time::Duration;

use connector_domain::port::{
    BlockReader, ConnectionLedger, ConnectionReader, ConnectionRestorer, LogError, StoreError,
};
use connector_domain::scope::IngestScope;
use connector_domain::stamp::Stamp;
use connector_domain::wire::TopicPrefix;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub use check::{Check, CheckOptions, Checked};
pub use comparison::{Aspect, Difference};
pub use observer::{Observer, Phase};
pub use source::{Source, Sources};

use heard::Heard;
use ingress::Ingress;
use persistence::Persistence;
use replaying::Replaying;
use source::Reading;
use state_rows::StateRows;

/// Every way in which a rebuild uses a database.
pub trait Store: ConnectionLedger + ConnectionReader + ConnectionRestorer {}

impl<S: ConnectionLedger + ConnectionReader + ConnectionRestorer> Store for S {}

/// How to rebuild.
#[derive(Debug, Clone)]
pub struct Options {
    /// Levels of a device's topics before its client id.
    pub topic_prefix: TopicPrefix,
    /// Most records applied in one transaction.
    pub batch: usize,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Records written from `connection-state`; those that were there already are not counted.
    pub restored: u64,
    /// Tombstones.
    pub forgotten: u64,
    /// Values of `connection-state` that are no connection record.
    pub unreadable: u64,
    /// Records of the data topic that tell when a device was heard.
    pub heard: u64,
    /// Records of the control topic and signals that were folded; replays are counted too.
    pub folded: u64,
    /// What the database does not take: left out, as the consumer would.
    pub refused: u64,
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// Consumers write to this database.
    #[error(
        "consumers have written to this database (as of {as_of}): stop them and rebuild into an empty one"
    )]
    InUse {
        /// How far they had got.
        as_of: Stamp,
    },
    /// Asked to stop: run it again, and it goes on.
    #[error("interrupted: run it again to complete it")]
    Interrupted,
    /// A topic is missing or may not be read.
    #[error("the topics cannot be read")]
    Log(#[from] LogError),
    /// The database holds something unreadable, or a fault of ours.
    #[error("the database cannot be rebuilt")]
    Store(#[from] StoreError),
}

/// Fills a database.
pub struct Rebuild {
    options: Options,
    store: Arc<dyn Store>,
    scope: IngestScope,
    blocks: Arc<dyn BlockReader>,
    observer: Arc<dyn Observer>,
    state: Reading,
    data: Reading,
    control: Reading,
    summary: Summary,
}

impl Rebuild {
    /// Ready to fill `store` from `sources`.
    pub fn new(
        options: Options,
        store: Arc<dyn Store>,
        scope: IngestScope,
        sources: Sources,
        observer: Arc<dyn Observer>,
    ) -> Self {
        let reading = |phase, source| Reading::new(phase, source, observer.clone(), options.batch);
        Self {
            state: reading(Phase::State, sources.state),
            data: reading(Phase::Data, sources.data),
            control: reading(Phase::Control, sources.control),
            options,
            store,
            scope,
            blocks: sources.blocks,
            observer,
            summary: Summary::default(),
        }
    }

    /// Reads everything there is. What is away is waited for.
    pub async fn run(&mut self, shutdown: &CancellationToken) -> Result<Summary, RebuildError> {
        self.refuse_if_in_use().await?;
        let persistence = Persistence::new(self.observer.clone(), shutdown.clone());
        let (state, heard, ingress) = self.steps(&persistence);
        while let Some(records) = self.state.until_caught_up(shutdown).await? {
            state.restore(&records, &mut self.summary).await?;
        }
        while let Some(records) = self.data.until_caught_up(shutdown).await? {
            heard.note(&records, &mut self.summary).await?;
        }
        while let Some(records) = self.control.until_caught_up(shutdown).await? {
            ingress.fold(&records, &mut self.summary).await?;
        }
        self.refuse_if_in_use().await?;
        Ok(self.summary)
    }

    /// Reads what has come since, of each topic until nothing comes for `quiet`, or for ten times as long.
    async fn follow(
        &mut self,
        quiet: Duration,
        shutdown: &CancellationToken,
    ) -> Result<(), RebuildError> {
        let persistence = Persistence::new(self.observer.clone(), shutdown.clone());
        let (state, heard, ingress) = self.steps(&persistence);
        let deadline = || Instant::now() + quiet.saturating_mul(10);
        let end = deadline();
        while let Some(records) = self.state.until_quiet(quiet, end, shutdown).await? {
            state.restore(&records, &mut self.summary).await?;
        }
        let end = deadline();
        while let Some(records) = self.data.until_quiet(quiet, end, shutdown).await? {
            heard.note(&records, &mut self.summary).await?;
        }
        let end = deadline();
        while let Some(records) = self.control.until_quiet(quiet, end, shutdown).await? {
            ingress.fold(&records, &mut self.summary).await?;
        }
        Ok(())
    }

    fn steps(&self, persistence: &Persistence) -> (StateRows, Heard, Ingress) {
        let (store, scope) = (&self.store, self.scope);
        let replaying = Replaying {
            persistence: persistence.clone(),
            prefix: self.options.topic_prefix.clone(),
            blocks: self.blocks.clone(),
        };
        (
            StateRows::new(store.clone(), scope, persistence.clone()),
            Heard::new(store.clone(), scope, replaying.clone()),
            Ingress::new(store.clone(), scope, replaying),
        )
    }

    /// Consumers note how far they are, at least every second; nothing else does.
    async fn refuse_if_in_use(&self) -> Result<(), RebuildError> {
        match self.store.presence_as_of().await? {
            Some(as_of) => Err(RebuildError::InUse { as_of }),
            None => Ok(()),
        }
    }
}
