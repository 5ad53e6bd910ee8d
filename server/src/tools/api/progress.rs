//! How far a command is, on stderr, where that is a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const BAR: &str = "{msg} [{bar:30}] {human_pos} of {human_len}, {per_sec}, {eta} left";

/// A bar, or nothing. Gone when dropped.
pub(super) struct Progress {
    bar: ProgressBar,
    wanted: bool,
}

impl Progress {
    /// One that anybody sees only if `wanted`, and not before it begins.
    pub(super) fn new(wanted: bool) -> Self {
        Self {
            bar: ProgressBar::hidden(),
            wanted,
        }
    }

    /// Whether anybody would see it.
    pub(super) fn is_wanted(&self) -> bool {
        self.wanted
    }

    /// Begins to count.
    pub(super) fn begin(&self, what: &'static str, total: u64) {
        if !self.wanted {
            return;
        }
        if let Ok(style) = ProgressStyle::with_template(BAR) {
            self.bar.set_style(style);
        }
        self.bar.set_message(what);
        self.bar.set_length(total);
        self.bar.set_draw_target(ProgressDrawTarget::stderr());
        self.bar.enable_steady_tick(Duration::from_millis(200));
    }

    pub(super) fn advance(&self, by: u64) {
        self.bar.inc(by);
    }

    /// Says what is waited for.
    pub(super) fn note(&self, text: &str) {
        if self.wanted {
            self.suspend(|| eprintln!("{text}"));
        }
    }

    /// Runs what prints, with the bar out of the way.
    pub(super) fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
