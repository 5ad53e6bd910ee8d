//! `connectionStatsChanged`.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, Error, Result, Subscription};
use connector_domain::caller::Permission;
use connector_domain::clock::Clock;
use connector_domain::connection as domain;
use connector_domain::port::ConnectionReader;
use futures::Stream;
use futures::stream::unfold;
use tokio::time::Instant;

use super::lease::Lease;
use crate::access::Access;
use crate::error::Fault;
use crate::input::{ConnectionFilter, connection_filter};
use crate::live::{Feed, Interest, StatsShare};
use crate::object::{ConnectionStats, read_stats};

/// Oldest counts of others in the group that a subscriber is shown.
const SHARED_AGE: Duration = Duration::from_secs(1);

/// Shortest and longest `minIntervalMs`.
const INTERVALS: std::ops::RangeInclusive<u64> = 250..=60_000;

#[derive(Default)]
pub struct ConnectionStatsChangedSubscription;

#[Subscription]
impl ConnectionStatsChangedSubscription {
    /// Counts, pushed when they change and at most once per interval.
    async fn connection_stats_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which devices.")] filter: Option<ConnectionFilter>,
        #[graphql(desc = "Shortest time between two pushes, 250–60000.", default = 1000)]
        min_interval_ms: i32,
    ) -> Result<impl Stream<Item = Result<ConnectionStats>>> {
        let access = Access::with(ctx, Permission::ConnectionRead)?;
        let filter = connection_filter(filter, access.caller)?;
        let interval = interval(min_interval_ms)?;
        let interest = Interest::Connections {
            filter: Box::new(filter.clone()),
            kinds: None,
        };
        let ports = access.ports;
        let feed = ports.live.subscribe(access.scope(), interest, None).await?;
        let counter = Counter {
            share: feed.stats(),
            reader: Arc::clone(&ports.connections),
            clock: Arc::clone(&ports.clock),
            lease: Lease::of(access.caller, &ports.clock),
            feed,
            filter,
            interval,
            pushed: None,
            asked: None,
            // Shared counts may be older than this subscriber: then they are due again.
            touched: Some(Instant::now()),
        };
        Ok(unfold(Some(counter), |counter| async move {
            let mut counter = counter?;
            match counter.next().await {
                Ok(Some(stats)) => Some((Ok(stats), Some(counter))),
                Ok(None) => None,
                Err(fault) => Some((Err(Error::from(fault)), None)),
            }
        }))
    }
}

fn interval(min_interval_ms: i32) -> Result<Duration, Fault> {
    u64::try_from(min_interval_ms)
        .ok()
        .filter(|interval| INTERVALS.contains(interval))
        .map(Duration::from_millis)
        .ok_or_else(|| {
            let (least, most) = (INTERVALS.start(), INTERVALS.end());
            Fault::bad_input(format!("minIntervalMs must be between {least} and {most}"))
        })
}

/// The counts one subscriber is shown.
struct Counter {
    feed: Feed,
    share: Arc<StatsShare>,
    reader: Arc<dyn ConnectionReader>,
    clock: Arc<dyn Clock>,
    lease: Lease,
    filter: domain::ConnectionFilter,
    interval: Duration,
    /// What it was shown last.
    pushed: Option<ConnectionStats>,
    /// When counts were last asked for on its behalf.
    asked: Option<Instant>,
    /// The last event since, not reflected in the counts yet.
    touched: Option<Instant>,
}

impl Counter {
    /// The next counts that differ from those shown last; at once the first time. `None` when no more will come.
    async fn next(&mut self) -> Result<Option<ConnectionStats>, Fault> {
        loop {
            if !self.until_due().await? {
                return Ok(None);
            }
            let stats = self.count().await?;
            let is_news = self
                .pushed
                .as_ref()
                .is_none_or(|pushed| !pushed.counts_like(&stats));
            if is_news {
                self.pushed = Some(stats.clone());
                return Ok(Some(stats));
            }
        }
    }

    /// Waits for an event since the last counts and for the interval to pass. False when no more events will come.
    async fn until_due(&mut self) -> Result<bool, Fault> {
        loop {
            if self.lease.is_over() {
                return Err(Fault::Unauthenticated);
            }
            let Some(asked) = self.asked else {
                return Ok(true);
            };
            let due = self.touched.map(|_| asked + self.interval);
            tokio::select! {
                biased;
                () = self.lease.over() => {}
                () = at(due) => return Ok(true),
                delivery = self.feed.next() => match delivery {
                    Some(_) => self.touched = Some(Instant::now()),
                    None => return Ok(false),
                },
            }
        }
    }

    /// Counts of the group that are new enough. An event after they were asked for makes them due again.
    async fn count(&mut self) -> Result<ConnectionStats, Fault> {
        let scope = self.feed.scope();
        let read = read_stats(
            self.reader.as_ref(),
            self.clock.as_ref(),
            scope,
            &self.filter,
        );
        let (taken, stats) = self
            .share
            .at_most(self.interval.min(SHARED_AGE), read)
            .await?;
        self.asked = Some(Instant::now());
        self.touched = self.touched.filter(|touched| *touched >= taken);
        Ok(stats)
    }
}

async fn at(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
