//! What the attacks left behind.

use crate::attempt::{Attempt, Family};
use crate::target::Log;

/// Whether the log tells tokens or keys: the good ones were used all the time.
pub fn log_holds_no_secret(log: &Log) -> Attempt {
    let holds = |line: &&str| {
        log.secrets
            .iter()
            .any(|secret| line.contains(secret.as_str()))
    };
    let lines = log.text.lines().count();
    let found = log.text.lines().filter(holds).count();
    let panics = log.text.matches("panicked").count();
    let what = format!("{lines} log lines: tokens and keys in them, and panics");
    Attempt::new(
        Family::Traces,
        what,
        "0 and 0",
        format!("{found} and {panics}"),
    )
}
