//! Key files that others can read: said at start, for whoever set them up.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tracing::warn;

use crate::config::Config;

/// What others may do, and what the group may change. A group that may read is how Kubernetes hands out secrets.
const TOO_OPEN: u32 = 0o027;

/// Warns of every file with a key or a hash of one that is open to others.
pub fn warn_of_open_key_files(config: &Config) {
    let auth = &config.auth;
    for (setting, file) in [
        ("auth.signing_key_file", &auth.signing_key_file),
        ("auth.shared_key_file", &auth.shared_key_file),
        ("auth.psk.file", &auth.psk.file),
        ("mqtt.key_file", &config.mqtt.key_file),
        ("kafka.key_file", &config.kafka.key_file),
    ] {
        if let Some(mode) = too_open(Path::new(file)) {
            let mode = format!("{mode:04o}");
            warn!(
                setting,
                file, mode, "others can read or change this key file: chmod 600"
            );
        }
    }
}

/// The permissions of a file that is too open; `None` for one that is not, or not there.
fn too_open(path: &Path) -> Option<u32> {
    if path.as_os_str().is_empty() {
        return None;
    }
    let mode = fs::metadata(path).ok()?.permissions().mode() & 0o777;
    (mode & TOO_OPEN != 0).then_some(mode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_too_open_when_others_can_read_it_or_the_group_can_change_it() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        for (mode, open) in [
            (0o600, false),
            (0o400, false),
            (0o640, false),
            (0o644, true),
            (0o660, true),
            (0o601, true),
        ] {
            fs::set_permissions(file.path(), fs::Permissions::from_mode(mode)).expect("set");
            assert_eq!(too_open(file.path()).is_some(), open, "{mode:o}");
        }
        assert_eq!(too_open(Path::new("")), None);
        assert_eq!(too_open(Path::new("/nowhere")), None);
    }
}
