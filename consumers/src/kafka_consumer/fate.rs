//! What becomes of one record: the word that is counted for it.

/// The last word on a record. One may have several effects, an event is both a sign of life and a message; the greatest
/// counts, so that every record is counted once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// A signal about something that is no longer so.
    Outdated,
    /// Done before: read again, delivered again, or written late by a former holder.
    Replayed,
    /// A message whose id was applied before.
    Duplicate,
    /// It counted, visibly or not.
    Applied,
    /// It is on the dead-letter topic.
    DeadLettered,
}

impl Fate {
    /// Value of the label `outcome`.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Outdated => "outdated",
            Self::Replayed => "replayed",
            Self::Duplicate => "duplicate",
            Self::Applied => "applied",
            Self::DeadLettered => "dead-lettered",
        }
    }
}
