//! Devices that come and go: one in ten leaves now and then, cleanly or without a word, and comes back.

use std::sync::Arc;
use std::time::Duration;

use connector_load::{Fleet, Wish};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// How often one of them changes its mind.
const EVERY: Duration = Duration::from_millis(300);

/// One device in so many is restless.
const RESTLESS_EVERY: usize = 10;

/// Lets devices come and go.
pub struct Churn {
    running: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Whether a device is one that comes and goes.
pub fn is_restless(index: usize) -> bool {
    index % RESTLESS_EVERY == RESTLESS_EVERY / 2
}

impl Churn {
    pub fn of(fleet: Arc<Fleet>) -> Self {
        let (running, may_run) = watch::channel(false);
        #[allow(
            clippy::disallowed_methods,
            reason = "the suite aborts it where it ends"
        )]
        let task = tokio::spawn(come_and_go(fleet, may_run));
        Self { running, task }
    }

    /// Goes on, or leaves every device as it is.
    pub fn run(&self, run: bool) {
        self.running.send_replace(run);
    }
}

impl Drop for Churn {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn come_and_go(fleet: Arc<Fleet>, mut may_run: watch::Receiver<bool>) {
    let restless: Vec<usize> = (0..fleet.members().len())
        .filter(|index| is_restless(*index))
        .collect();
    if restless.is_empty() {
        return;
    }
    // A device that was away for a whole round comes back; more are there than away.
    let mut turn = 0;
    loop {
        if may_run.wait_for(|run| *run).await.is_err() {
            return;
        }
        let index = restless[turn % restless.len()];
        let wish = match (fleet.wished(index), turn % 3) {
            (Wish::Present, 0) => Wish::Gone,
            (Wish::Present, 1) => Wish::Vanished,
            _ => Wish::Present,
        };
        fleet.wish(index, wish);
        turn += 1;
        sleep(EVERY.mul_f64(0.5 + fastrand::f64())).await;
    }
}
