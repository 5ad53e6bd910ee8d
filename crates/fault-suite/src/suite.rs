//! Runs the scenarios, one after the other, on one scene.

use std::time::{Duration, Instant};

use tokio::time::timeout;

use crate::outcome::Outcome;
use crate::say::say;
use crate::scenario::{Scenario, Trial};
use crate::scene::{BOUND_MIB, Load, Peaks, Scene};

/// Longest time one scenario may take.
const LIMIT: Duration = Duration::from_mins(6);

/// What a run gave.
#[derive(Debug)]
pub struct Results {
    /// One per scenario that ran.
    pub outcomes: Vec<Outcome>,
    /// Most memory used by each role, in MiB.
    pub peaks: Peaks,
    /// How long everything took.
    pub took: Duration,
    /// The load.
    pub load: Load,
}

impl Results {
    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.outcomes
            .iter()
            .all(|outcome| outcome.problems.is_empty())
            && self.too_large().is_empty()
    }

    /// Roles that used more memory than they may.
    pub fn too_large(&self) -> Vec<String> {
        let larger = self.peaks.iter().filter(|(_, mib)| **mib > BOUND_MIB);
        larger
            .map(|(role, mib)| format!("{role} used {mib} MiB, more than {BOUND_MIB}"))
            .collect()
    }
}

/// Runs the scenarios. Ends early where one cannot be judged, since the next would stand on sand.
pub async fn run(scenarios: Vec<Scenario>, load: Load) -> anyhow::Result<Results> {
    let started = Instant::now();
    let mut scene = Scene::start(load).await?;
    let mut outcomes = Vec::new();
    for scenario in scenarios {
        say(format!("── {} ──", scenario.name()));
        let trial = timeout(LIMIT, one(&mut scene, scenario)).await;
        let Ok(ran) = trial else {
            outcomes.push(Outcome::failed(
                scenario,
                format!("not over within {LIMIT:?}"),
            ));
            break;
        };
        match ran {
            Ok(outcome) => {
                outcome.tell();
                outcomes.push(outcome);
            }
            Err(error) => {
                outcomes.push(Outcome::failed(scenario, format!("{error:#}")));
                break;
            }
        }
    }
    scene.note_peaks();
    let peaks = scene.peaks.clone();
    if outcomes.iter().all(|outcome| outcome.problems.is_empty()) {
        say("stopping every role in order");
        scene.stop().await;
    }
    Ok(Results {
        outcomes,
        peaks,
        took: started.elapsed(),
        load,
    })
}

async fn one(scene: &mut Scene, scenario: Scenario) -> anyhow::Result<Outcome> {
    let mut trial = Trial::new(scene.baseline().await?);
    let _ = scene.fleet.latencies().take();
    scene.take_restarts();
    scene.resume();
    scenario.run(scene, &mut trial).await?;
    trial.settle(scene).await;
    say("judging");
    trial.judge(scene).await?;
    scene.note_peaks();
    let restarts = scene.take_restarts();
    Ok(Outcome::of(
        scenario,
        trial,
        restarts,
        scene.fleet.latencies().take(),
    ))
}
