//! What one subscriber is given: first what it resumes over, then what happens.

use std::collections::VecDeque;
use std::sync::Arc;

use connector_domain::scope::Scope;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::group::Membership;
use super::position::Position;
use super::ring::Entry;
use super::stats::StatsShare;

/// One event for one subscriber.
pub(crate) struct Delivery {
    pub entry: Arc<Entry>,
    /// Events dropped just before it because the subscriber read too slowly.
    pub missed: i32,
}

/// The events of one subscriber. Leaves its group when dropped.
pub(crate) struct Feed(Option<Live>);

struct Live {
    /// Where it resumed: this server may not have read so far yet.
    after: Option<Position>,
    replay: VecDeque<Arc<Entry>>,
    receiver: broadcast::Receiver<Arc<Entry>>,
    stats: Arc<StatsShare>,
    membership: Membership,
}

impl Feed {
    pub(super) fn new(
        after: Option<Position>,
        replay: VecDeque<Arc<Entry>>,
        receiver: broadcast::Receiver<Arc<Entry>>,
        stats: Arc<StatsShare>,
        membership: Membership,
    ) -> Self {
        Self(Some(Live {
            after,
            replay,
            receiver,
            stats,
            membership,
        }))
    }

    /// Of somebody who sees nothing: it never gives anything and never ends.
    pub fn of_nothing() -> Self {
        Self(None)
    }

    /// The scope it is seen in; `None` for somebody who sees nothing.
    pub fn scope(&self) -> Option<&Scope> {
        self.0.as_ref().map(|live| &live.membership.scope)
    }

    /// Counts that all members of the group share.
    pub fn stats(&self) -> Arc<StatsShare> {
        self.0
            .as_ref()
            .map_or_else(Arc::default, |live| Arc::clone(&live.stats))
    }

    /// The next event; `None` when no more will come. Safe to cancel.
    pub async fn next(&mut self) -> Option<Delivery> {
        match &mut self.0 {
            None => std::future::pending().await,
            Some(live) => live.next().await,
        }
    }
}

impl Live {
    async fn next(&mut self) -> Option<Delivery> {
        while let Some(entry) = self.replay.pop_front() {
            let Membership {
                scope, interest, ..
            } = &self.membership;
            if interest.accepts(scope, &entry.event) {
                return Some(Delivery { entry, missed: 0 });
            }
        }
        let mut missed = 0_u64;
        loop {
            match self.receiver.recv().await {
                Ok(entry)
                    if self
                        .after
                        .as_ref()
                        .is_some_and(|after| entry.is_before(after)) => {}
                Ok(entry) => {
                    let missed = i32::try_from(missed).unwrap_or(i32::MAX);
                    return Some(Delivery { entry, missed });
                }
                Err(RecvError::Lagged(dropped)) => missed = missed.saturating_add(dropped),
                Err(RecvError::Closed) => return None,
            }
        }
    }
}
