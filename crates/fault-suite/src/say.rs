//! What happens now, for whoever watches.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

static STARTED: OnceLock<Instant> = OnceLock::new();

/// Prints a line with the time since the first.
pub fn say(text: impl AsRef<str>) {
    let seconds = elapsed().as_secs_f64();
    println!("[{seconds:7.1} s] {}", text.as_ref());
}

/// Time since the first line.
pub fn elapsed() -> Duration {
    STARTED.get_or_init(Instant::now).elapsed()
}
