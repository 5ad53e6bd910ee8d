//! Files that are renewed while we run: map files and certificates.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::lock::lock;

/// Modification time and length of each file; `None` for one that cannot be looked at.
type Fingerprint = Vec<Option<(SystemTime, u64)>>;

/// Notices that files have changed. Looks at them when asked, and not more often than set: a look is a system call per
/// file.
pub(crate) struct Watch {
    files: Vec<PathBuf>,
    every: Duration,
    seen: Mutex<Seen>,
}

struct Seen {
    fingerprint: Fingerprint,
    look_at: Instant,
}

impl Watch {
    /// Begins now, so make it before the files are read: a change in between is then noticed.
    pub(crate) fn new(files: Vec<PathBuf>, every: Duration) -> Self {
        let seen = Seen {
            fingerprint: fingerprint(&files),
            look_at: Instant::now() + every,
        };
        Self {
            files,
            every,
            seen: Mutex::new(seen),
        }
    }

    /// Whether the files have changed since the last time it said so. True once per change, whether what is in them can be
    /// used or not.
    pub(crate) fn changed(&self) -> bool {
        let now = Instant::now();
        let mut seen = lock(&self.seen);
        if self.files.is_empty() || now < seen.look_at {
            return false;
        }
        seen.look_at = now + self.every;
        let found = fingerprint(&self.files);
        let changed = found != seen.fingerprint;
        seen.fingerprint = found;
        changed
    }
}

fn fingerprint(files: &[PathBuf]) -> Fingerprint {
    let look = |path: &PathBuf| {
        let found = std::fs::metadata(path).ok()?;
        Some((found.modified().ok()?, found.len()))
    };
    files.iter().map(look).collect()
}
