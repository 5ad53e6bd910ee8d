//! What is broken, one thing at a time, and how it comes back.

mod database_refusing;
mod database_slow;
mod former_holder;
mod kafka_away;
mod kafka_recreated;
mod kill;
mod pause;
mod rebalance;
mod rebuild;
mod replay;

use std::time::Duration;

use crate::checker::{BrokerCrash, Verdict, judge};
use crate::part::Part;
use crate::scene::{Baseline, Scene};

/// Load before something breaks.
const BEFORE: Duration = Duration::from_secs(4);
/// Load after everything is as it should be again.
const AFTER: Duration = Duration::from_secs(3);

/// One fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scenario {
    /// A part is killed and, after a pause, started again.
    Kill(Part),
    /// A part is stopped for 30 s and goes on.
    Pause(Part),
    /// Kafka is shut down for 60 s.
    KafkaAway,
    /// The database refuses to write.
    DatabaseRefusing,
    /// Every write takes long.
    DatabaseSlow,
    /// Kafka consumers come and go.
    Rebalance,
    /// Kafka is emptied and made anew.
    KafkaRecreated,
    /// Everything is read again from the start.
    Replay,
    /// The holder of the lease is stopped, a standby takes over, and the holder goes on.
    FormerHolder,
    /// An empty database is filled from Kafka.
    Rebuild,
    /// The same, when old ingress is gone.
    RebuildAfterRetention,
}

impl Scenario {
    /// Every one, in the order in which they run. Kafka is made anew before everything is read again, since that takes as
    /// long as there is much to read.
    pub fn all() -> Vec<Self> {
        let mut all = Self::short();
        all.extend([
            Self::KafkaRecreated,
            Self::Replay,
            Self::Rebuild,
            Self::RebuildAfterRetention,
            Self::FormerHolder,
            Self::Rebalance,
            Self::DatabaseRefusing,
            Self::DatabaseSlow,
        ]);
        all.extend(Part::ALL.map(Self::Pause));
        all.push(Self::KafkaAway);
        all
    }

    /// The short form.
    pub fn short() -> Vec<Self> {
        Part::ALL.map(Self::Kill).to_vec()
    }

    /// Its name on the command line.
    pub fn name(self) -> String {
        match self {
            Self::Kill(part) => format!("kill-{}", part.slug()),
            Self::Pause(part) => format!("pause-{}", part.slug()),
            Self::KafkaAway => "kafka-away".to_owned(),
            Self::DatabaseRefusing => "database-refusing".to_owned(),
            Self::DatabaseSlow => "database-slow".to_owned(),
            Self::Rebalance => "rebalance".to_owned(),
            Self::KafkaRecreated => "kafka-recreated".to_owned(),
            Self::Replay => "replay".to_owned(),
            Self::FormerHolder => "former-holder".to_owned(),
            Self::Rebuild => "rebuild".to_owned(),
            Self::RebuildAfterRetention => "rebuild-after-retention".to_owned(),
        }
    }

    /// In words, for the table.
    pub fn title(self) -> String {
        match self {
            Self::Kill(part) => format!("`kill -9` of {part}"),
            Self::Pause(part) => format!("{part} stopped for 30 s (`SIGSTOP`)"),
            Self::KafkaAway => "Kafka shut down for 60 s".to_owned(),
            Self::DatabaseRefusing => "database refuses writes for 20 s".to_owned(),
            Self::DatabaseSlow => "database slow: 0.5 s per write, for 20 s".to_owned(),
            Self::Rebalance => "kafka consumers added and removed every 4 s".to_owned(),
            Self::KafkaRecreated => "Kafka made anew, empty".to_owned(),
            Self::Replay => "both ingress topics read again from the start".to_owned(),
            Self::FormerHolder => {
                "holder of the lease stopped, replaced, and running again".to_owned()
            }
            Self::Rebuild => "empty database rebuilt from Kafka".to_owned(),
            Self::RebuildAfterRetention => "the same, with old ingress gone".to_owned(),
        }
    }

    /// Breaks and mends. Load runs when it begins.
    pub async fn run(self, scene: &mut Scene, trial: &mut Trial) -> anyhow::Result<()> {
        match self {
            Self::Kill(part) => kill::run(scene, trial, part).await,
            Self::Pause(part) => pause::run(scene, trial, part).await,
            Self::KafkaAway => kafka_away::run(scene, trial).await,
            Self::DatabaseRefusing => database_refusing::run(scene, trial).await,
            Self::DatabaseSlow => database_slow::run(scene, trial).await,
            Self::Rebalance => rebalance::run(scene, trial).await,
            Self::KafkaRecreated => kafka_recreated::run(scene, trial).await,
            Self::Replay => replay::run(scene, trial).await,
            Self::FormerHolder => former_holder::run(scene, trial).await,
            Self::Rebuild => rebuild::run(scene, trial).await,
            Self::RebuildAfterRetention => rebuild::run_after_retention(scene, trial).await,
        }
    }
}

/// What a scenario notes for the judge.
#[derive(Debug)]
pub struct Trial {
    /// What is before it was judged before.
    pub baseline: Baseline,
    /// How long the part's recovery took.
    pub recovery: Option<Duration>,
    /// Set when the broker crashed.
    pub broker_crash: Option<BrokerCrash>,
    /// What is wrong besides what the judge finds.
    pub problems: Vec<String>,
    /// What the judge has found so far.
    pub verdict: Verdict,
}

impl Trial {
    pub fn new(baseline: Baseline) -> Self {
        Self {
            baseline,
            recovery: None,
            broker_crash: None,
            problems: Vec::new(),
            verdict: Verdict::default(),
        }
    }

    /// Judges what has been said since the baseline, at rest.
    pub async fn judge(&mut self, scene: &Scene) -> anyhow::Result<()> {
        let evidence = scene.evidence(&self.baseline, self.broker_crash).await?;
        self.verdict.add(judge(&evidence));
        Ok(())
    }

    /// Waits for the recovery, and lets load run a little longer.
    async fn recover(&mut self, scene: &mut Scene) {
        match scene.recovery().await {
            Ok(took) => self.recovery = Some(took),
            Err(problem) => self.problems.push(format!("not recovered: {problem}")),
        }
        scene.watch(AFTER).await;
    }

    /// Brings everything to rest.
    pub async fn settle(&mut self, scene: &mut Scene) {
        let settled = scene.settle(&self.baseline, self.broker_crash).await;
        self.problems.extend(settled.err());
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_scenario_has_a_name_of_its_own() {
        let all = Scenario::all();
        let names: BTreeSet<_> = all.iter().map(|scenario| scenario.name()).collect();
        assert_eq!(names.len(), all.len());
        assert!(
            Scenario::short()
                .iter()
                .all(|scenario| all.contains(scenario))
        );
    }
}
