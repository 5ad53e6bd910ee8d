//! Reading every partition of some topics from some time on, for those who fan out events.
//!
//! Promises: records come in offset order per partition, from the start offsets on; `CaughtUp` comes once, when what
//! was in the log at opening has been told. It belongs to no group, commits nothing, and lives through outages. Where the
//! log was made anew meanwhile it ends with [`LogError::Refused`], since offsets begin again there: open another one.

mod gap;
mod opening;
mod poller;

use std::sync::Arc;

use async_trait::async_trait;
use connector_domain::port::{LogError, RecordTail, TailItem, TailStart};
use tokio_util::sync::CancellationToken;

use self::opening::Opened;
use self::poller::Tray;
use super::metadata::blocking;
use super::settings::Settings;

/// A reader of everything.
pub struct Tail {
    log_id: String,
    partitions: Vec<(String, i32)>,
    start_offsets: Vec<Vec<i64>>,
    backlog: u64,
    tray: Arc<Tray>,
    ended: CancellationToken,
}

impl Tail {
    /// Finds the topics and where to start, and starts to read. `log_id` names the log where its cluster id does not:
    /// an embedded one has the same with every start.
    ///
    /// A topic that is missing is [`LogError::Refused`] and named. Where the log does not know its times,
    /// [`TailStart::Ago`] starts at the end.
    pub async fn open(
        settings: &Settings,
        topics: &[String],
        start: TailStart,
        log_id: Option<String>,
    ) -> Result<Self, LogError> {
        let (settings, topics) = (settings.clone(), topics.to_vec());
        let opened = blocking(move || Opened::new(&settings, &topics, start, log_id)).await?;
        let tray = Arc::new(Tray::new());
        let this = Self {
            log_id: opened.log_id.clone(),
            partitions: opened.partitions.clone(),
            start_offsets: opened.start_offsets.clone(),
            backlog: opened.backlog(),
            tray: tray.clone(),
            ended: CancellationToken::new(),
        };
        poller::start(opened, tray, this.ended.clone().drop_guard())?;
        Ok(this)
    }

    /// Offsets from the start to the end of the log when the tail was opened: for showing progress. Compaction leaves
    /// gaps, so there may be fewer records.
    pub fn backlog(&self) -> u64 {
        self.backlog
    }

    /// Stops reading and waits until the log is left. Whoever waits in `next` then waits for ever.
    pub async fn close(&self) {
        self.tray.stop();
        self.ended.cancelled().await;
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        self.tray.stop();
    }
}

#[async_trait]
impl RecordTail for Tail {
    async fn next(&self) -> Result<TailItem, LogError> {
        self.tray.next().await
    }

    fn log_id(&self) -> &str {
        &self.log_id
    }

    fn partitions(&self) -> &[(String, i32)] {
        &self.partitions
    }

    fn start_offsets(&self) -> Vec<Vec<i64>> {
        self.start_offsets.clone()
    }
}
