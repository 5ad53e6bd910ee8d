//! What a restart would cure.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Parts that have failed in a way only a new process mends, told by those who watch over them. What waiting or an
/// operator cures does not belong here: the process would be restarted for nothing. A cheap handle.
#[derive(Debug, Clone, Default)]
pub struct Liveness {
    problems: Arc<Mutex<BTreeMap<&'static str, String>>>,
}

impl Liveness {
    /// What is wrong with a part; `None` when nothing is.
    pub fn tell(&self, part: &'static str, problem: Option<String>) {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        match problem {
            None => {
                problems.remove(part);
            }
            Some(problem) => {
                if !problems.contains_key(part) {
                    tracing::error!(part, problem, "only a restart helps");
                }
                problems.insert(part, problem);
            }
        }
    }

    /// Everything that is wrong, by part.
    pub fn problems(&self) -> BTreeMap<&'static str, String> {
        self.problems
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
