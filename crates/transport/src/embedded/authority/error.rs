use std::path::PathBuf;

/// Why a certificate could not be made, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityError {
    /// A file of the authority cannot be read or written.
    #[error("cannot access {path}")]
    File {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The certificate is there but its private key is not: nothing can be issued that verifies
    /// against it.
    #[error(
        "{certificate} has no private key {key} beside it; remove the certificate to start a new authority"
    )]
    KeyMissing {
        /// The certificate found.
        certificate: PathBuf,
        /// Where its key should be.
        key: PathBuf,
    },
    /// Certificate and private key do not belong together.
    #[error(
        "{certificate} was not made with the private key {key}; remove both to start a new authority"
    )]
    KeyMismatch {
        /// The certificate found.
        certificate: PathBuf,
        /// The key found.
        key: PathBuf,
    },
    /// A client certificate was asked for a name no client may have.
    #[error("{name:?} cannot be the name of a client: {reason}")]
    InvalidName {
        /// The name asked for.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A file does not hold a certificate or key, or a host name is not one.
    #[error("cannot make or read a certificate")]
    Certificate(#[from] rcgen::Error),
    /// A file does not hold a certificate in PEM form.
    #[error("{path} is not a certificate")]
    NotACertificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: rustls::pki_types::pem::Error,
    },
}
