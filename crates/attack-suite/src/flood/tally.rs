//! How often which answer came.

use std::collections::BTreeMap;
use std::fmt;

/// Counts answers.
#[derive(Debug, Default)]
pub struct Tally(BTreeMap<String, u64>);

impl Tally {
    /// One more of these.
    pub fn count(&mut self, answer: impl Into<String>) {
        *self.0.entry(answer.into()).or_default() += 1;
    }

    /// How often one came.
    pub fn of(&self, answer: &str) -> u64 {
        self.0.get(answer).copied().unwrap_or_default()
    }

    /// Takes another's counts in.
    pub fn add(&mut self, other: Self) {
        for (answer, count) in other.0 {
            *self.0.entry(answer).or_default() += count;
        }
    }

    /// What came and is not allowed, and what had to come (`!`) and did not.
    pub fn problems(&self, allowed: &[&str]) -> Vec<String> {
        let named = |answer: &str| {
            allowed
                .iter()
                .any(|name| name.trim_end_matches('!') == answer)
        };
        let strange = self.0.keys().filter(|answer| !named(answer));
        let mut problems: Vec<String> =
            strange.map(|answer| format!("answered {answer}")).collect();
        let wanted = allowed.iter().filter_map(|name| name.strip_suffix('!'));
        let missing = wanted.filter(|name| self.of(name) == 0);
        problems.extend(missing.map(|name| format!("never answered {name}")));
        problems
    }
}

impl FromIterator<Tally> for Tally {
    fn from_iter<I: IntoIterator<Item = Tally>>(tallies: I) -> Self {
        let mut all = Self::default();
        tallies.into_iter().for_each(|tally| all.add(tally));
        all
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self
            .0
            .iter()
            .map(|(answer, count)| format!("{count} × {answer}"));
        f.write_str(&parts.collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strange_answers_and_missing_ones_are_problems() {
        let mut tally = Tally::default();
        tally.count("429");
        tally.count("429");
        tally.count("500");
        assert_eq!(tally.to_string(), "2 × 429, 1 × 500");
        let problems = tally.problems(&["429!", "408!", "200"]);
        assert_eq!(problems, ["answered 500", "never answered 408"]);
    }
}
