//! Events as they happen: read from the events topics by every server, kept for a while in a ring that all
//! subscribers share, and handed out in memory.
//!
//! One pump ([`LiveEvents::run`]) reads; nothing a subscriber does can hold it up. Subscribers that want the same form
//! a group: its filter is evaluated once per event, whoever reads too slowly loses the oldest events and is told how
//! many. The events of one device keep their order. A cursor names a place in the topics, so it is good on every
//! server; it resumes without gap or repeat as far back as the ring goes.

mod event;
mod feed;
mod group;
mod hub;
mod interest;
mod options;
mod position;
mod pump;
mod ring;
mod sight;
mod stats;

use std::sync::Arc;

use connector_domain::clock::Clock;
use connector_domain::scope::Scope;

use self::hub::Hub;

pub use self::options::Options;

pub(crate) use self::event::{Event, MessageMoved};
pub(crate) use self::feed::{Delivery, Feed};
pub(crate) use self::interest::Interest;
pub(crate) use self::sight::{Sight, sight};
pub(crate) use self::stats::StatsShare;

use crate::error::Fault;

/// A handle to the events of this server, cheap to clone.
#[derive(Clone)]
pub struct LiveEvents(Arc<Hub>);

impl LiveEvents {
    /// Nothing is handed out before [`Self::run`] has read the topics up to now.
    pub fn new(options: Options, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Hub::new(options, clock)))
    }

    /// Whether the topics have been read up to where they were at the start.
    pub fn is_ready(&self) -> bool {
        *self.0.ready.borrow() && !self.0.is_closed()
    }

    /// How many subscribers there are.
    pub fn streams(&self) -> usize {
        self.0.streams()
    }

    /// How many different things subscribers want.
    pub fn groups(&self) -> usize {
        self.0.groups()
    }

    /// Waits until events are handed out; false when they never will be again.
    pub(crate) async fn ready(&self) -> bool {
        let mut ready = self.0.ready.subscribe();
        let caught_up = ready.wait_for(|ready| *ready).await.is_ok();
        caught_up && !self.0.is_closed()
    }

    /// The place now.
    pub(crate) fn cursor(&self) -> String {
        self.0.cursor()
    }

    /// What a caller wants from now on, or from a cursor on. Waits until events are handed out.
    pub(crate) async fn subscribe(
        &self,
        scope: Option<Scope>,
        interest: Interest,
        after: Option<&str>,
    ) -> Result<Feed, Fault> {
        let after = after.map(position::decode).transpose();
        let after = after.map_err(|_| Fault::bad_input("after is not a cursor of this stream"))?;
        let Some(scope) = scope else {
            return Ok(Feed::of_nothing());
        };
        if !self.ready().await {
            return Err(Fault::unavailable_text("the process is shutting down"));
        }
        Hub::join(&self.0, scope, interest, after)
    }
}
