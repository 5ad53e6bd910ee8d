//! What became of all messages of one command, and the exit status that follows.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::value::to_raw_value;

use super::outcome::{Goal, Outcome};
use crate::tools::api::failure::Failure;
use crate::tools::api::output::Printer;
use crate::tools::api::progress::Progress;

/// Prints outcomes and counts them.
pub(super) struct Tally<W> {
    goal: Goal,
    printer: Printer<W>,
    total: usize,
    problems: Vec<Failure>,
}

impl<W: Write> Tally<W> {
    pub(super) fn new(goal: Goal, printer: Printer<W>) -> Self {
        Self {
            goal,
            printer,
            total: 0,
            problems: Vec::new(),
        }
    }

    /// One is done.
    pub(super) fn add(&mut self, outcome: &Outcome, progress: &Progress) -> Result<(), Failure> {
        self.total += 1;
        self.problems.extend(outcome.problem(self.goal));
        self.print(outcome, progress)?;
        progress.advance(1);
        Ok(())
    }

    /// One whose answer did not come: shown as it is, and not counted as a problem of its own.
    pub(super) fn print(&mut self, outcome: &Outcome, progress: &Progress) -> Result<(), Failure> {
        let json = to_raw_value(outcome).map_err(|error| Failure::Local(error.to_string()))?;
        progress.suspend(|| self.printer.print(&[json]))
    }

    /// Ends the list of outcomes where something else is the result.
    pub(super) fn close(&mut self) -> Result<(), Failure> {
        self.printer.finish()
    }

    /// Ends the list of outcomes.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        self.close()?;
        match (self.problems.pop(), self.problems.len()) {
            (None, _) => Ok(()),
            (Some(problem), 0) if self.total == 1 => Err(problem),
            (Some(problem), _) => {
                self.problems.push(problem);
                Err(self.summary())
            }
        }
    }

    /// Every code with its count, under the one that is most frequent.
    fn summary(&self) -> Failure {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for problem in &self.problems {
            if let Failure::Refused { code, .. } = problem {
                *counts.entry(code).or_default() += 1;
            }
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let most = counts.first().map_or("UNKNOWN", |(code, _)| *code);
        let list: Vec<_> = counts
            .iter()
            .map(|(code, count)| format!("{code} {count}"))
            .collect();
        let (failed, total) = (self.problems.len(), self.total);
        Failure::refused(
            most,
            format!("{failed} of {total} messages: {}", list.join(", ")),
        )
    }
}
