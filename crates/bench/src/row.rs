//! A line of the table.

/// What was measured, and beside what.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What.
    pub what: String,
    /// What the platform took or did.
    pub ours: String,
    /// What stands beside it, where something does.
    pub baseline: Option<Baseline>,
}

/// Something simpler, measured in the same run.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    /// What it is and what it took or did.
    pub text: String,
    /// How many times that ours is.
    pub ratio: f64,
}

impl Row {
    /// One without a baseline.
    pub fn alone(what: impl Into<String>, ours: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            ours: ours.into(),
            baseline: None,
        }
    }
}
