use std::path::{Path, PathBuf};

use super::AuthorityError;
use super::files::{self, Visibility};

/// A certificate, its private key, and the authority it came from, in PEM form.
#[derive(Clone)]
pub struct IssuedCertificate {
    /// The certificate.
    pub certificate_pem: String,
    /// Its private key (PKCS #8). Never log it.
    pub private_key_pem: String,
    /// The certificate of the issuing authority.
    pub ca_pem: String,
}

impl IssuedCertificate {
    /// Writes `DIR/STEM.pem`, `DIR/STEM.key` (readable by the owner only) and `DIR/ca.pem`,
    /// replacing what is there.
    pub fn write(&self, dir: &Path, stem: &str) -> Result<CertificateFiles, AuthorityError> {
        files::create_directory(dir)?;
        let files = CertificateFiles {
            certificate: dir.join(format!("{stem}.pem")),
            private_key: dir.join(format!("{stem}.key")),
            ca: dir.join("ca.pem"),
        };
        files::write(&files.private_key, &self.private_key_pem, Visibility::Owner)?;
        files::write(
            &files.certificate,
            &self.certificate_pem,
            Visibility::Everyone,
        )?;
        files::write(&files.ca, &self.ca_pem, Visibility::Everyone)?;
        Ok(files)
    }
}

/// Where [`IssuedCertificate::write`] put things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The certificate.
    pub certificate: PathBuf,
    /// Its private key.
    pub private_key: PathBuf,
    /// The certificate of the issuing authority.
    pub ca: PathBuf,
}
