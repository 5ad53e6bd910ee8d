//! Who is told how far a rebuild is.

/// What is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Whole records.
    State,
    /// Who was heard.
    Data,
    /// What devices said, and signals.
    Control,
}

/// Told by a rebuild; a progress bar, or nothing.
pub trait Observer: Send + Sync {
    /// A topic is begun: this many offsets are between its start and its end.
    fn begins(&self, phase: Phase, backlog: u64);

    /// So many of them are read and applied. May go beyond the backlog where more has come.
    fn advances(&self, phase: Phase, offsets: u64);

    /// A topic is read to its end.
    fn ends(&self, phase: Phase);

    /// Something is away, and is waited for.
    fn waits(&self, problem: &str);
}
