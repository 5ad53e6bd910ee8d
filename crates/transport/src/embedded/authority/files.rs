//! The authority's files: read if there, written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::AuthorityError;

/// Who may read a file.
#[derive(Clone, Copy)]
pub(super) enum Visibility {
    /// Its owner: private keys.
    Owner,
    /// Anyone: certificates.
    Everyone,
}

pub(super) fn create_directory(dir: &Path) -> Result<(), AuthorityError> {
    fs::create_dir_all(dir).map_err(at(dir))
}

/// The file's text, or `None` when there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<String>, AuthorityError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(at(path)(error)),
    }
}

/// Replaces the file in one step, so that a reader or an interrupted start never sees half of it.
pub(super) fn write(path: &Path, text: &str, visibility: Visibility) -> Result<(), AuthorityError> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}.tmp", std::process::id()));
    let draft = Path::new(&draft);
    let result = write_draft(draft, text, visibility).and_then(|()| fs::rename(draft, path));
    if result.is_err() {
        // The first error is the one worth reporting.
        let _ = fs::remove_file(draft);
    }
    result.map_err(at(path))
}

fn write_draft(path: &Path, text: &str, visibility: Visibility) -> io::Result<()> {
    let mode = match visibility {
        Visibility::Owner => 0o600,
        Visibility::Everyone => 0o644,
    };
    let mut file: File = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> AuthorityError {
    let path = path.to_owned();
    move |source| AuthorityError::File { path, source }
}
