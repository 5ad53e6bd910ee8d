//! Where events meet subscribers. One lock covers the ring, the place and the groups, held for moments only, so that a
//! subscriber that resumes misses nothing and gets nothing twice.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use connector_domain::clock::Clock;
use connector_domain::scope::Scope;
use tokio::sync::watch;

use super::feed::Feed;
use super::group::{Group, Membership};
use super::interest::Interest;
use super::options::Options;
use super::position::Position;
use super::ring::{Entry, Ring};
use crate::error::Fault;

pub(super) struct Hub {
    pub options: Options,
    pub clock: Arc<dyn Clock>,
    pub ready: watch::Sender<bool>,
    state: Mutex<State>,
}

pub(super) struct State {
    pub position: Position,
    pub ring: Ring,
    groups: HashMap<Scope, HashMap<Interest, Group>>,
    streams: usize,
    closed: bool,
}

impl Hub {
    pub fn new(options: Options, clock: Arc<dyn Clock>) -> Self {
        let position = Position {
            log_id: Arc::from(""),
            next: Vec::new(),
        };
        let state = State {
            position,
            ring: Ring::default(),
            groups: HashMap::new(),
            streams: 0,
            closed: false,
        };
        Self {
            options,
            clock,
            ready: watch::Sender::new(false),
            state: Mutex::new(state),
        }
    }

    /// Nothing here can be left half done by a panic, so a poisoned lock is as good as any.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn cursor(&self) -> String {
        self.state().position.encode()
    }

    pub fn streams(&self) -> usize {
        self.state().streams
    }

    pub fn groups(&self) -> usize {
        self.state().groups.values().map(HashMap::len).sum()
    }

    pub fn is_closed(&self) -> bool {
        self.state().closed
    }

    /// Begins with a log, at these offsets. What was kept of another one is of no use.
    pub fn open(&self, position: Position) {
        let mut state = self.state();
        state.ring = Ring::starting_at(position.next.clone());
        state.position = position;
        state.closed = false;
    }

    /// Ends every stream: nothing more will come.
    pub fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.groups.clear();
        // Whoever waits to begin learns that there is no beginning.
        self.ready.send_replace(true);
    }

    /// Makes somebody a member of the group of those who want the same, with what happened after a place.
    pub fn join(
        this: &Arc<Self>,
        scope: Scope,
        interest: Interest,
        after: Option<Position>,
    ) -> Result<Feed, Fault> {
        let mut state = this.state();
        if state.closed {
            return Err(Fault::unavailable_text("the process is shutting down"));
        }
        let replay = match &after {
            None => VecDeque::new(),
            Some(after) => state.since(after, this)?,
        };
        state.streams += 1;
        let groups = state.groups.entry(scope.clone()).or_default();
        let group = groups
            .entry(interest.clone())
            .or_insert_with(|| Group::new(this.options.backlog));
        group.members += 1;
        metrics::gauge!("connector_live_streams", "kind" => interest.label()).increment(1.0);
        let membership = Membership {
            hub: Arc::clone(this),
            scope,
            interest,
        };
        let receiver = group.sender.subscribe();
        let share = Arc::clone(&group.stats);
        Ok(Feed::new(after, replay, receiver, share, membership))
    }

    pub fn leave(&self, scope: &Scope, interest: &Interest) {
        let mut state = self.state();
        state.streams = state.streams.saturating_sub(1);
        metrics::gauge!("connector_live_streams", "kind" => interest.label()).decrement(1.0);
        let Some(groups) = state.groups.get_mut(scope) else {
            return;
        };
        if let Some(group) = groups.get_mut(interest) {
            group.members = group.members.saturating_sub(1);
            if group.members == 0 {
                groups.remove(interest);
            }
        }
        if groups.is_empty() {
            state.groups.remove(scope);
        }
    }
}

impl State {
    fn since(&mut self, after: &Position, hub: &Hub) -> Result<VecDeque<Arc<Entry>>, Fault> {
        self.ring.shrink(&hub.options, hub.clock.now());
        if after.log_id != self.position.log_id {
            return Err(Fault::CursorExpired);
        }
        self.ring.after(after).ok_or(Fault::CursorExpired)
    }

    /// Tells an event to every group that wants it. A group whose members are slow loses its oldest.
    pub fn publish(&self, entry: &Arc<Entry>) {
        let own = entry.event.org_ids().into_iter().map(Scope::org);
        for scope in own.chain([Scope::every_org()]) {
            for (interest, group) in self.groups.get(&scope).into_iter().flatten() {
                if interest.accepts(&scope, &entry.event) {
                    // It fails only when nobody listens any more.
                    let _ = group.sender.send(Arc::clone(entry));
                }
            }
        }
    }
}
