//! How a process stands as MQTT consumer, for readiness.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use connector_domain::port::{DeviceInbox, Lease};

/// How this process stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It carries what devices say: it has subscribed, and the broker buffers for it from then on.
    Connected,
    /// Another carries; this process takes over when that one is gone.
    Standby,
    /// It should carry and does not; the text is for people.
    Away(String),
}

/// Tells how this process stands. A cheap handle.
#[derive(Clone)]
pub struct Status {
    state: Arc<Mutex<State>>,
}

struct State {
    lease: Option<Arc<dyn Lease>>,
    inbox: Option<Arc<dyn DeviceInbox>>,
    /// It is the holder and does not connect yet.
    is_opening: bool,
    /// Why the broker, or the log, did not take us the last time.
    problem: Option<String>,
}

impl Status {
    pub(super) fn new(lease: Option<Arc<dyn Lease>>) -> Self {
        Self {
            state: Arc::new(Mutex::new(State {
                lease,
                inbox: None,
                is_opening: false,
                problem: None,
            })),
        }
    }

    /// As it is now.
    pub fn standing(&self) -> Standing {
        let state = self.state();
        match (&state.inbox, &state.problem, &state.lease) {
            (Some(inbox), ..) if inbox.is_connected() => Standing::Connected,
            (_, Some(problem), _) => Standing::Away(problem.clone()),
            (None, None, _) if state.is_opening => {
                Standing::Away("taking over: the newest stamp is being read".to_owned())
            }
            (None, None, Some(lease)) if lease.is_held_by_another() => Standing::Standby,
            (None, None, Some(_)) => Standing::Away("waiting for the lease".to_owned()),
            (..) => Standing::Away("not connected to the mqtt broker".to_owned()),
        }
    }

    /// This process is the holder now, and is about to connect.
    pub(super) fn opens(&self) {
        self.state().is_opening = true;
    }

    /// It has begun to connect, on this link.
    pub(super) fn holds(&self, inbox: Arc<dyn DeviceInbox>) {
        let mut state = self.state();
        state.is_opening = false;
        state.inbox = Some(inbox);
        drop(state);
        metrics::gauge!("connector_mqtt_holder").set(1);
    }

    /// It is not. A problem stays until the next time, for a standby that will be refused is none.
    pub(super) fn let_go(&self, problem: Option<String>) {
        let mut state = self.state();
        state.inbox = None;
        state.is_opening = false;
        state.problem = problem;
        metrics::gauge!("connector_mqtt_holder").set(0);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
