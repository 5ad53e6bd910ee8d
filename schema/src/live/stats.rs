//! Counts that the members of a group take together: whoever needs them first reads them for all.

use std::future::Future;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::error::Fault;
use crate::object::ConnectionStats;

/// Counts with the time they were asked for.
#[derive(Clone)]
struct Taken {
    at: Instant,
    stats: ConnectionStats,
}

/// The newest counts of a group.
#[derive(Default)]
pub(crate) struct StatsShare(Mutex<Option<Taken>>);

impl StatsShare {
    /// Counts at most so old, read now only when there are none; with the time they were asked for.
    pub async fn at_most<F>(
        &self,
        age: Duration,
        read: F,
    ) -> Result<(Instant, ConnectionStats), Fault>
    where
        F: Future<Output = Result<ConnectionStats, Fault>>,
    {
        let mut newest = self.0.lock().await;
        if let Some(taken) = newest.as_ref()
            && taken.at.elapsed() < age
        {
            return Ok((taken.at, taken.stats.clone()));
        }
        let at = Instant::now();
        let stats = read.await?;
        let taken = newest.insert(Taken { at, stats });
        Ok((taken.at, taken.stats.clone()))
    }
}
