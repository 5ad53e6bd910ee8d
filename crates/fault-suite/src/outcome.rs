//! What came of one scenario.

use std::time::Duration;

use connector_load::Summary;

use crate::checker::Verdict;
use crate::say::say;
use crate::scenario::{Scenario, Trial};

/// Most problems printed of one scenario.
const PRINTED: usize = 20;

/// One row of the table.
#[derive(Debug)]
pub struct Outcome {
    pub scenario: Scenario,
    pub verdict: Verdict,
    pub recovery: Option<Duration>,
    /// Roles that the init system started again, besides those that were broken.
    pub restarts: usize,
    /// How long the broker took to acknowledge.
    pub latency: Summary,
    /// Everything that is wrong, in words.
    pub problems: Vec<String>,
}

impl Outcome {
    pub fn of(scenario: Scenario, trial: Trial, restarts: usize, latency: Summary) -> Self {
        let mut problems = trial.problems;
        let found = trial.verdict.findings.iter().map(ToString::to_string);
        problems.extend(found);
        Self {
            scenario,
            verdict: trial.verdict,
            recovery: trial.recovery,
            restarts,
            latency,
            problems,
        }
    }

    /// One that could not be judged.
    pub fn failed(scenario: Scenario, problem: String) -> Self {
        say(format!("   {problem}"));
        Self {
            scenario,
            verdict: Verdict::default(),
            recovery: None,
            restarts: 0,
            latency: Summary::default(),
            problems: vec![problem],
        }
    }

    /// Prints it.
    pub fn tell(&self) {
        let verdict = &self.verdict;
        let recovery = self.recovery.map_or("–".to_owned(), |recovery| {
            format!("{:.1} s", recovery.as_secs_f64())
        });
        say(format!(
            "   {} messages: {} lost, {} twice in effect, {} inverted; {} redelivered in the log; recovery {recovery}",
            verdict.messages,
            verdict.losses(),
            verdict.duplicates(),
            verdict.inversions(),
            verdict.log_duplicates,
        ));
        say(format!(
            "   {} messages to devices ({} unanswered, {} cut off with the link); acknowledged by the broker in {:?} (half), {:?} (99 of 100); {} roles restarted",
            verdict.letters,
            verdict.letters_unanswered,
            verdict.letters_cut_off,
            self.latency.p50,
            self.latency.p99,
            self.restarts,
        ));
        if verdict.broker_lost + verdict.broker_replayed > 0 {
            say(format!(
                "   the broker lost {} messages that it had acknowledged, and replayed {} old statuses",
                verdict.broker_lost, verdict.broker_replayed
            ));
        }
        for problem in self.problems.iter().take(PRINTED) {
            say(format!("   WRONG: {problem}"));
        }
        if let Some(more) = self
            .problems
            .len()
            .checked_sub(PRINTED)
            .filter(|more| *more > 0)
        {
            say(format!("   WRONG: and {more} more"));
        }
    }
}
