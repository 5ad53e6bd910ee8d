//! Judges a scenario: pure, from what was read of the fleet, the log and the database.

mod effects;
mod evidence;
mod finding;
mod letters;
mod order;
mod states;
#[cfg(test)]
mod tests;

pub use evidence::{
    Account, Answer, BrokerCrash, Change, Evidence, Letter, LogRecord, Row, Shown, StoredLetter,
    Topic,
};
pub use finding::{Finding, Place};

/// What came of it.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Messages that the broker acknowledged.
    pub messages: usize,
    /// Records of the log beyond the first of each message: redeliveries, which readers expect.
    pub log_duplicates: usize,
    /// Messages that a crashed broker had acknowledged, and never delivered.
    pub broker_lost: usize,
    /// Statuses that a crashed broker delivered once more, after later ones.
    pub broker_replayed: usize,
    /// Messages to devices.
    pub letters: usize,
    /// Messages to devices of which the caller was told nothing, or an error.
    pub letters_unanswered: usize,
    /// Messages to devices that the broker had acknowledged when the device's link broke.
    pub letters_cut_off: usize,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// Messages without effect.
    pub fn losses(&self) -> usize {
        self.count(|finding| matches!(finding, Finding::Lost { .. }))
    }

    /// Messages with more than one effect.
    pub fn duplicates(&self) -> usize {
        self.count(|finding| matches!(finding, Finding::Twice { .. }))
    }

    /// Messages after later ones.
    pub fn inversions(&self) -> usize {
        self.count(|finding| matches!(finding, Finding::Inverted { .. }))
    }

    /// Takes what another judgement has found.
    pub fn add(&mut self, other: Self) {
        self.messages += other.messages;
        self.log_duplicates += other.log_duplicates;
        self.broker_lost += other.broker_lost;
        self.broker_replayed += other.broker_replayed;
        self.letters += other.letters;
        self.letters_unanswered += other.letters_unanswered;
        self.letters_cut_off += other.letters_cut_off;
        self.findings.extend(other.findings);
    }

    fn count(&self, is_one: impl Fn(&Finding) -> bool) -> usize {
        self.findings
            .iter()
            .filter(|finding| is_one(finding))
            .count()
    }
}

/// Judges the states alone.
pub fn judge_states(evidence: &Evidence) -> Vec<Finding> {
    let mut verdict = Verdict::default();
    states::judge(evidence, &mut verdict);
    verdict.findings
}

/// Judges everything.
pub fn judge(evidence: &Evidence) -> Verdict {
    let mut verdict = Verdict::default();
    effects::judge(evidence, &mut verdict);
    order::judge(evidence, &mut verdict);
    states::judge(evidence, &mut verdict);
    letters::judge(evidence, &mut verdict);
    verdict
}
