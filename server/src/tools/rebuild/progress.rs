//! How far a rebuild is, on stderr: a bar on a terminal, a line now and then elsewhere.

use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use connector_consumers::rebuild::{Observer, Phase};
use indicatif::{ProgressBar, ProgressStyle};

use crate::config::Topics;

/// How often there is a line where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// What a bar looks like.
const BAR: &str =
    "{msg} [{bar:30}] {percent:>3}% {human_pos} of {human_len} offsets, {per_sec}, {eta} left";

/// Shows it.
pub(super) struct Progress {
    topics: Topics,
    on_terminal: bool,
    shown: Mutex<Shown>,
}

/// The topic at hand.
struct Shown {
    bar: ProgressBar,
    read: u64,
    backlog: u64,
    line: Instant,
}

impl Progress {
    pub(super) fn new(topics: &Topics) -> Self {
        Self {
            topics: topics.clone(),
            on_terminal: std::io::stderr().is_terminal(),
            shown: Mutex::new(Shown {
                bar: ProgressBar::hidden(),
                read: 0,
                backlog: 0,
                line: Instant::now(),
            }),
        }
    }

    fn topic(&self, phase: Phase) -> &str {
        match phase {
            Phase::State => &self.topics.connection_state,
            Phase::Data => &self.topics.data,
            Phase::Control => &self.topics.control,
        }
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Progress {
    fn begins(&self, phase: Phase, backlog: u64) {
        let mut shown = self.shown();
        if self.on_terminal {
            shown.bar = ProgressBar::new(backlog).with_message(self.topic(phase).to_owned());
            if let Ok(style) = ProgressStyle::with_template(BAR) {
                shown.bar.set_style(style);
            }
            shown.bar.enable_steady_tick(Duration::from_millis(200));
        }
        (shown.read, shown.backlog, shown.line) = (0, backlog, Instant::now());
    }

    fn advances(&self, phase: Phase, offsets: u64) {
        let mut shown = self.shown();
        shown.read = shown.read.saturating_add(offsets);
        shown.bar.inc(offsets);
        if !self.on_terminal && shown.line.elapsed() >= LINE_EVERY {
            shown.line = Instant::now();
            let (topic, read, backlog) = (self.topic(phase), shown.read, shown.backlog);
            eprintln!("{topic}: {read} of {backlog} offsets");
        }
    }

    fn ends(&self, phase: Phase) {
        let shown = self.shown();
        shown.bar.finish_and_clear();
        eprintln!("{}: read, {} offsets", self.topic(phase), shown.read);
    }

    fn waits(&self, problem: &str) {
        let shown = self.shown();
        shown
            .bar
            .suspend(|| eprintln!("waiting for the database: {problem}"));
    }
}
