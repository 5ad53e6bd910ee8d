//! Certificates that live in files and are renewed there while we run.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::settings::{Settings, SettingsError};
use crate::files::{Fingerprint, fingerprint};

/// Where certificates are (PEM). They are read before every connection; when one changes and all can be used, the link
/// connects again with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    /// Authorities that may have signed the broker's certificate.
    pub ca: Option<PathBuf>,
    /// Our certificate chain and its private key.
    pub client: Option<(PathBuf, PathBuf)>,
    /// How often files are looked at; 30 s by default.
    pub look_every: Duration,
}

impl Default for CertificateFiles {
    fn default() -> Self {
        Self {
            ca: None,
            client: None,
            look_every: Duration::from_secs(30),
        }
    }
}

impl CertificateFiles {
    /// Whether there is no file.
    pub(super) fn is_empty(&self) -> bool {
        self.ca.is_none() && self.client.is_none()
    }

    pub(super) fn fingerprint(&self) -> Fingerprint {
        let client = self.client.iter().flat_map(|(chain, key)| [chain, key]);
        fingerprint(self.ca.iter().chain(client).map(PathBuf::as_path))
    }

    /// The settings with what the files hold now.
    pub(super) fn read_into(&self, settings: &Settings) -> Result<Settings, SettingsError> {
        let mut settings = settings.clone();
        if let Some(ca) = &self.ca {
            settings.ca_pem = Some(read(ca)?);
        }
        if let Some((chain, key)) = &self.client {
            settings.client_certificate = Some((read(chain)?, read(key)?));
        }
        Ok(settings)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, SettingsError> {
    std::fs::read(path).map_err(|error| {
        SettingsError::Certificates(format!("{} cannot be read: {error}", path.display()))
    })
}
