//! What is said on stderr while it runs.

use std::io::IsTerminal;

use crate::tools::api::progress::Progress;

/// Bars on a terminal, lines elsewhere, or nothing.
pub(super) struct Voice {
    quiet: bool,
}

impl Voice {
    pub(super) fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    /// Begins to count `what` up to `total`: a bar, where stderr is a terminal.
    pub(super) fn count(&self, what: &'static str, total: u64) -> Counting {
        let progress = Progress::new(!self.quiet && std::io::stderr().is_terminal());
        progress.begin(what, total);
        Counting { progress, at: 0 }
    }

    /// A line.
    pub(super) fn remark(&self, text: &str) {
        if !self.quiet {
            eprintln!("{text}");
        }
    }
}

/// A count that grows.
pub(super) struct Counting {
    progress: Progress,
    at: u64,
}

impl Counting {
    /// So many now; never fewer than before.
    pub(super) fn reach(&mut self, count: u64) {
        self.progress.advance(count.saturating_sub(self.at));
        self.at = self.at.max(count);
    }
}
