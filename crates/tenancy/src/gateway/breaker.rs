//! Leaves a gateway alone that fails again and again, and notices when it is back.
//!
//! Without it every lookup during an outage would wait until its time is over, and a gateway that comes back would be met by
//! everyone at once.

use std::collections::BTreeSet;
use std::sync::Mutex;

use connector_domain::id::ClientId;
use tokio::time::Instant;
use tracing::{error, info, warn};

use super::fault::Fault;
use super::settings::BreakerSettings;
use crate::chance::random;
use crate::lock::lock;

/// Counts failures, and decides who may ask.
pub(super) struct Breaker {
    settings: BreakerSettings,
    state: Mutex<State>,
}

enum State {
    /// Everyone may ask. These are asked about in vain since the last request that was not. Devices count, not requests:
    /// one that the gateway stumbles over must not keep others from being asked about.
    Closed { in_vain: BTreeSet<ClientId> },
    /// Nobody may ask until then.
    Open { until: Instant },
    /// One is asking, to see whether it is back.
    Trying,
}

impl State {
    fn closed() -> Self {
        Self::Closed {
            in_vain: BTreeSet::new(),
        }
    }
}

/// The right to make one request; what came of it is to be said.
pub(super) struct Pass<'a> {
    breaker: &'a Breaker,
    /// Whether it is the one that tries.
    tries: bool,
    used: bool,
}

impl Breaker {
    pub(super) fn new(settings: BreakerSettings) -> Self {
        show(&State::closed());
        Self {
            settings,
            state: Mutex::new(State::closed()),
        }
    }

    /// Whether everyone may ask.
    pub(super) fn is_closed(&self) -> bool {
        matches!(*lock(&self.state), State::Closed { .. })
    }

    /// The right to make a request, unless the gateway is left alone.
    pub(super) fn enter(&self) -> Option<Pass<'_>> {
        let mut state = lock(&self.state);
        let tries = match *state {
            State::Closed { .. } => false,
            State::Open { until } if until <= Instant::now() => true,
            State::Open { .. } | State::Trying => return None,
        };
        if tries {
            *state = State::Trying;
            show(&state);
        }
        Some(Pass {
            breaker: self,
            tries,
            used: false,
        })
    }

    fn succeeded(&self, tries: bool) {
        let mut state = lock(&self.state);
        match &mut *state {
            State::Closed { in_vain } => in_vain.clear(),
            State::Trying if tries => {
                *state = State::closed();
                show(&state);
                info!("the tenant gateway is back");
            }
            // An answer to a question from before: whoever tries decides.
            State::Open { .. } | State::Trying => {}
        }
    }

    fn failed(&self, tries: bool, client_id: &ClientId, fault: &Fault) {
        let mut state = lock(&self.state);
        match &mut *state {
            State::Closed { in_vain } => {
                in_vain.insert(client_id.clone());
                if in_vain.len() < self.settings.failures {
                    return;
                }
                report(fault);
            }
            State::Trying if tries => {}
            State::Open { .. } | State::Trying => return,
        }
        let pause = self.settings.pause.mul_f64(1.0 - 0.5 * random());
        *state = State::Open {
            until: Instant::now() + pause,
        };
        show(&state);
    }
}

impl Pass<'_> {
    /// The gateway answered, whatever it said of the device.
    pub(super) fn succeeded(mut self) {
        self.used = true;
        self.breaker.succeeded(self.tries);
    }

    /// It did not.
    pub(super) fn failed(mut self, client_id: &ClientId, fault: &Fault) {
        self.used = true;
        self.breaker.failed(self.tries, client_id, fault);
    }
}

impl Drop for Pass<'_> {
    /// A request that was given up says nothing; another may try.
    fn drop(&mut self) {
        if self.tries && !self.used {
            *lock(&self.breaker.state) = State::Open {
                until: Instant::now(),
            };
        }
    }
}

fn report(fault: &Fault) {
    const MEANING: &str =
        "devices keep their tenants, and new ones wait until the tenant gateway answers";
    if matches!(fault, Fault::Refused(_)) {
        error!(error = %fault, "{MEANING}");
    } else {
        warn!(error = %fault, "{MEANING}");
    }
}

fn show(state: &State) {
    let value = match state {
        State::Closed { .. } => 0,
        State::Trying => 1,
        State::Open { .. } => 2,
    };
    metrics::gauge!("connector_tenant_breaker_state").set(value);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::advance;

    use super::*;

    const PAUSE: Duration = Duration::from_secs(5);

    fn breaker(failures: usize) -> Breaker {
        Breaker::new(BreakerSettings {
            failures,
            pause: PAUSE,
        })
    }

    fn device(number: usize) -> ClientId {
        ClientId::parse(format!("host-{number}")).expect("valid")
    }

    fn fail(pass: Option<Pass<'_>>, number: usize) {
        pass.expect("may ask")
            .failed(&device(number), &Fault::Timeout);
    }

    #[tokio::test(start_paused = true)]
    async fn one_request_at_a_time_tries_after_the_pause_and_its_success_closes() {
        let breaker = breaker(3);
        (0..3).for_each(|number| fail(breaker.enter(), number));
        assert!(breaker.enter().is_none());
        advance(Duration::from_millis(2499)).await;
        assert!(breaker.enter().is_none(), "less than half of the pause");
        advance(PAUSE / 2).await;
        let pass = breaker.enter();
        assert!(breaker.enter().is_none(), "only one tries");
        fail(pass, 0);
        assert!(breaker.enter().is_none(), "left alone again");
        advance(PAUSE).await;
        breaker.enter().expect("one tries").succeeded();
        assert!(breaker.is_closed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_try_that_is_given_up_makes_way_for_another_and_late_answers_decide_nothing() {
        let breaker = breaker(1);
        let (late_good, late_bad) = (breaker.enter(), breaker.enter());
        fail(breaker.enter(), 0);
        late_good.expect("closed").succeeded();
        assert!(!breaker.is_closed());
        advance(PAUSE).await;
        drop(breaker.enter().expect("one tries"));
        let tries = breaker.enter().expect("another tries");
        fail(late_bad, 1);
        tries.succeeded();
        assert!(breaker.is_closed());
    }

    #[tokio::test]
    async fn failures_count_only_in_a_row_and_one_device_counts_once() {
        let breaker = breaker(2);
        for number in 0..5 {
            fail(breaker.enter(), number);
            breaker.enter().expect("closed").succeeded();
        }
        (0..5).for_each(|_| fail(breaker.enter(), 7));
        assert!(breaker.is_closed());
        fail(breaker.enter(), 8);
        assert!(!breaker.is_closed());
    }
}
