//! How far a command is, on stderr, where that is a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

const BAR: &str = "{msg} [{bar:30}] {human_pos} of {human_len}, {per_sec}, {eta} left";

/// A bar, or nothing. Gone when dropped.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn hidden() -> Self {
        Self(ProgressBar::hidden())
    }

    /// A bar that appears with its first total.
    pub(super) fn shown() -> Self {
        let bar = ProgressBar::no_length();
        Self(bar)
    }

    /// Whether anybody sees it.
    pub(super) fn is_shown(&self) -> bool {
        !self.0.is_hidden()
    }

    /// Begins to count.
    pub(super) fn begin(&self, what: &'static str, total: u64) {
        if let Ok(style) = ProgressStyle::with_template(BAR) {
            self.0.set_style(style);
        }
        self.0.reset();
        self.0.set_message(what);
        self.0.set_length(total);
        if self.is_shown() {
            self.0.enable_steady_tick(Duration::from_millis(200));
        }
    }

    pub(super) fn advance(&self, by: u64) {
        self.0.inc(by);
    }

    /// Runs what prints, with the bar out of the way.
    pub(super) fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        self.0.suspend(print)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
