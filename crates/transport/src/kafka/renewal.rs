//! Certificates that are renewed in their files while we run. librdkafka reads them when a client is made, so that a
//! client has to make way for a new one.

use std::fmt::Display;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tracing::{info, warn};

use super::settings::Settings;
use crate::files::{Fingerprint, fingerprint};

/// Tells when a client is to make way.
pub(super) struct Renewal {
    client: &'static str,
    files: Vec<PathBuf>,
    look_every: Duration,
    look_at: Instant,
    /// Of the files that the client in use was made with.
    used: Fingerprint,
}

impl Renewal {
    /// For a client that is made next: what changes while it reads the files is noticed.
    pub(super) fn new(client: &'static str, settings: &Settings) -> Self {
        let files = settings.security.files();
        Self {
            client,
            used: fingerprint(files.iter().map(PathBuf::as_path)),
            files,
            look_every: settings.look_every,
            look_at: Instant::now() + settings.look_every,
        }
    }

    /// What `make` makes, if the files have changed since the last time. They are looked at now and then; it is asked
    /// again later when it fails, for files are written one after the other, and may not fit together in between.
    pub(super) fn renewed<T, E: Display>(
        &mut self,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Option<T> {
        if self.files.is_empty() || Instant::now() < self.look_at {
            return None;
        }
        self.look_at = Instant::now() + self.look_every;
        let now = fingerprint(self.files.iter().map(PathBuf::as_path));
        if now == self.used {
            return None;
        }
        match make() {
            Ok(made) => {
                info!(
                    client = self.client,
                    "certificates towards kafka have changed: beginning anew with them"
                );
                self.used = now;
                Some(made)
            }
            Err(error) => {
                warn!(client = self.client, %error, "certificates towards kafka have changed and cannot be used");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::security::{Security, Tls};
    use super::*;

    fn renewal(file: &std::path::Path) -> Renewal {
        let tls = Tls {
            ca_file: Some(file.display().to_string()),
            certificate: None,
        };
        let settings = Settings {
            security: Security::Tls(tls),
            look_every: Duration::ZERO,
            ..Settings::new("127.0.0.1:1", "test")
        };
        Renewal::new("test", &settings)
    }

    #[test]
    fn a_client_makes_way_once_for_each_change_that_can_be_used() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("ca.pem");
        std::fs::write(&file, "one").expect("written");
        let mut renewal = renewal(&file);
        assert_eq!(renewal.renewed(|| Ok::<_, String>(1)), None);
        std::fs::write(&file, "another").expect("written");
        assert_eq!(renewal.renewed(|| Err::<u8, _>("half of it")), None);
        assert_eq!(renewal.renewed(|| Ok::<_, String>(2)), Some(2));
        assert_eq!(renewal.renewed(|| Ok::<_, String>(3)), None);
    }

    #[test]
    fn without_files_nothing_changes() {
        let mut renewal = Renewal::new("test", &Settings::new("127.0.0.1:1", "test"));
        renewal.look_at = Instant::now();
        assert_eq!(renewal.renewed(|| Ok::<_, String>(1)), None);
    }
}
