//! When a directory that does not know a device any more is believed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::lookup::Denial;
use crate::stamp::Stamp;

/// So many answers in a row take a tenant away.
const ENOUGH: u32 = 3;

/// And the last comes so long after the first, or later.
const OVER: Duration = Duration::from_hours(1);

/// Answers that are closer together count as one: they are from one moment of the directory.
const APART: Duration = Duration::from_mins(20);

/// Trusted answers in a row that a device, which has a tenant, is not known. An answer that it is known ends them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TenantDoubts {
    /// How many.
    count: u32,
    /// When the first was given.
    first_at: Stamp,
    /// When the last that counts was given.
    last_at: Stamp,
}

impl TenantDoubts {
    /// Doubts after one more answer, which counts only where it is trusted and long enough after the one before. The same
    /// answer, kept and given again, counts once.
    #[must_use]
    pub(super) fn after(current: Option<Self>, denial: Denial) -> Option<Self> {
        let at = denial.answered_at;
        match current {
            _ if !denial.trusted => current,
            None => Some(Self {
                count: 1,
                first_at: at,
                last_at: at,
            }),
            Some(doubts) if doubts.allow_another_at(at) => Some(Self {
                count: doubts.count.saturating_add(1),
                last_at: at,
                ..doubts
            }),
            Some(_) => current,
        }
    }

    /// Whether an answer given then counts.
    pub fn allow_another_at(&self, at: Stamp) -> bool {
        at.since(self.last_at) >= APART
    }

    /// Whether they take the tenant away.
    pub(super) fn suffice(&self) -> bool {
        self.count >= ENOUGH && self.last_at.since(self.first_at) >= OVER
    }
}
