//! Noticing that files have changed.

use std::path::Path;
use std::time::SystemTime;

/// Modification time and length of each file; `None` for one that cannot be looked at.
pub(crate) type Fingerprint = Vec<Option<(SystemTime, u64)>>;

/// Of these files, in this order.
pub(crate) fn fingerprint<'a>(files: impl IntoIterator<Item = &'a Path>) -> Fingerprint {
    let look = |path: &Path| {
        let found = std::fs::metadata(path).ok()?;
        Some((found.modified().ok()?, found.len()))
    };
    files.into_iter().map(look).collect()
}
