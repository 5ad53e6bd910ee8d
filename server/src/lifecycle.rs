//! Start and stop of a process: stages of tasks that end in order, a soft and a hard signal, and a non-zero end when a
//! task fails.

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, anyhow};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info, warn};

use crate::liveness::Liveness;

/// When a task is told to stop: everything in a stage has ended before the next one is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Takes work from outside: HTTP, the link from devices.
    Intake,
    /// Works off what was taken: the Kafka consumer, jobs.
    Work,
    /// What the others work with: links to the broker and the log.
    Links,
}

const STAGES: [Stage; 3] = [Stage::Intake, Stage::Work, Stage::Links];

#[derive(Debug, Default)]
struct StageTasks {
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// The tasks of a process. A cheap handle.
#[derive(Debug, Clone)]
pub struct Lifecycle {
    stages: Arc<[StageTasks; 3]>,
    ending: CancellationToken,
    failure: Arc<Mutex<Option<anyhow::Error>>>,
    drain: Duration,
    liveness: Liveness,
}

impl Lifecycle {
    /// No task yet. Stopping takes at most `drain`.
    pub fn new(drain: Duration) -> Self {
        Self {
            stages: Arc::default(),
            ending: CancellationToken::new(),
            failure: Arc::default(),
            drain,
            liveness: Liveness::default(),
        }
    }

    /// Where those who watch over parts tell what a restart would cure.
    pub fn liveness(&self) -> Liveness {
        self.liveness.clone()
    }

    /// Cancelled when the tasks of `stage` shall stop.
    pub fn stop_of(&self, stage: Stage) -> CancellationToken {
        self.stage(stage).stop.clone()
    }

    /// Where tasks of `stage` are counted, for parts that spawn their own.
    pub fn tasks_of(&self, stage: Stage) -> TaskTracker {
        self.stage(stage).tasks.clone()
    }

    /// Runs a task. Its failure, or its panic, ends the process.
    pub fn spawn(
        &self,
        stage: Stage,
        name: &'static str,
        task: impl Future<Output = anyhow::Result<()>> + Send + 'static,
    ) {
        let tasks = &self.stage(stage).tasks;
        let running = tasks.spawn(task);
        let this = self.clone();
        tasks.spawn(async move {
            let failure = match running.await {
                Ok(Ok(())) => return,
                Ok(Err(error)) => error.context(format!("{name} failed")),
                Err(panic) => anyhow!("{name} crashed: {panic}"),
            };
            this.fail(failure);
        });
    }

    /// Ends the process because of `failure`.
    pub fn fail(&self, failure: anyhow::Error) {
        error!(
            error = format!("{failure:#}"),
            "ending because a part failed"
        );
        self.failure
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .get_or_insert(failure);
        self.ending.cancel();
    }

    /// Asks the process to end.
    pub fn end(&self) {
        self.ending.cancel();
    }

    /// Waits for a signal, a failure or [`Self::end`].
    pub async fn until_ending(&self) -> anyhow::Result<()> {
        tokio::select! {
            () = self.ending.cancelled() => Ok(()),
            signal = signal() => { info!(signal = signal?, "stopping"); Ok(()) }
        }
    }

    /// Stops stage by stage. `drain` runs first, for what shall still be taken in; `settle` between the intake's end and
    /// the stop of the work, for what shall still be worked off. A second signal, or the end of the drain time, cuts it
    /// short.
    pub async fn stop(
        &self,
        drain: impl Future<Output = ()>,
        settle: impl Future<Output = ()>,
    ) -> anyhow::Result<()> {
        let orderly = async {
            drain.await;
            let mut settle = std::pin::pin!(Some(settle));
            for stage in STAGES {
                if stage == Stage::Work
                    && let Some(settle) = settle.as_mut().as_pin_mut()
                {
                    settle.await;
                }
                let StageTasks { stop, tasks } = self.stage(stage);
                stop.cancel();
                tasks.close();
                tasks.wait().await;
            }
        };
        tokio::select! {
            () = orderly => {}
            () = tokio::time::sleep(self.drain) => warn!(drain = ?self.drain, "not everything ended in time"),
            signal = signal() => warn!(signal = signal?, "second signal: stopping at once"),
        }
        match self
            .failure
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take()
        {
            Some(failure) => Err(failure),
            None => Ok(()),
        }
    }

    fn stage(&self, stage: Stage) -> &StageTasks {
        let [intake, work, links] = &*self.stages;
        match stage {
            Stage::Intake => intake,
            Stage::Work => work,
            Stage::Links => links,
        }
    }
}

async fn signal() -> anyhow::Result<&'static str> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    tokio::select! {
        _ = terminate.recv() => Ok("SIGTERM"),
        _ = interrupt.recv() => Ok("SIGINT"),
    }
}
