//! The keys tokens are signed and checked with, and the secret of list cursors. In development they are made in the
//! data directory on first start.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jsonwebtoken::{Algorithm, EncodingKey};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256};

use super::jwt::VerificationKey;
use crate::config::Config;

/// What can be wrong with a key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A key file cannot be read or written.
    #[error("the key file {path} cannot be used: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A key file holds something else.
    #[error("the key file {path} cannot be used: {problem}")]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The address of the issuer's keys cannot be used.
    #[error("auth.jwks.url cannot be used: {0}")]
    Issuer(String),
}

impl KeyError {
    pub(super) fn content(path: &Path, problem: &impl std::fmt::Display) -> Self {
        Self::Content {
            path: path.to_owned(),
            problem: problem.to_string(),
        }
    }
}

/// The key that tokens are signed with here.
pub struct TokenKeys {
    /// To sign with; `None` where tokens come from elsewhere.
    pub signing: Option<EncodingKey>,
}

impl TokenKeys {
    /// Whether [`Self::load`] would make a key, for those who only look.
    pub fn are_made_by_loading(config: &Config) -> bool {
        let auth = &config.auth;
        auth.signing_key_file.is_empty()
            && !auth.checks_tokens_of_others()
            && !own_signing_key(config).exists()
    }

    /// Loads the configured key. Where none is and tokens do not come from elsewhere: the one of the data directory, made
    /// when it is not there.
    pub fn load(config: &Config) -> Result<Self, KeyError> {
        let auth = &config.auth;
        if auth.signing_key_file.is_empty() && auth.checks_tokens_of_others() {
            return Ok(Self { signing: None });
        }
        let path = if auth.signing_key_file.is_empty() {
            let path = own_signing_key(config);
            create_if_missing(&path, new_key)?;
            path
        } else {
            PathBuf::from(&auth.signing_key_file)
        };
        let pem = read(&path)?;
        key_pair(&path, &pem)?;
        let signing = EncodingKey::from_ec_pem(pem.as_bytes())
            .map_err(|error| KeyError::content(&path, &error))?;
        Ok(Self {
            signing: Some(signing),
        })
    }
}

/// The public half of a signing key.
pub(super) fn own_public_key(path: &Path) -> Result<VerificationKey, KeyError> {
    let pem = key_pair(path, &read(path)?)?.public_key_pem();
    VerificationKey::of_pem(pem.as_bytes(), Algorithm::ES256)
        .map_err(|error| KeyError::content(path, &error))
}

fn key_pair(path: &Path, pem: &str) -> Result<KeyPair, KeyError> {
    let pair = KeyPair::from_pem(pem).map_err(|error| KeyError::content(path, &error))?;
    if pair.is_compatible(&PKCS_ECDSA_P256_SHA256) {
        Ok(pair)
    } else {
        Err(KeyError::content(
            path,
            &"it does not hold a P-256 key in PEM (PKCS #8)",
        ))
    }
}

/// Where the data directory has the key that nobody configured.
pub(super) fn own_signing_key(config: &Config) -> PathBuf {
    config.data_dir.join("auth").join("token-signing.key")
}

/// The secret of list cursors: the configured one, or the data directory's, made when it is not there.
pub fn cursor_secret(config: &Config) -> Result<Vec<u8>, KeyError> {
    if !config.auth.cursor_secret.is_empty() {
        return Ok(config.auth.cursor_secret.clone().into_bytes());
    }
    let path = config.data_dir.join("auth").join("cursor.key");
    create_if_missing(&path, new_key)?;
    read(&path).map(String::into_bytes)
}

pub(super) fn read(path: &Path) -> Result<String, KeyError> {
    fs::read_to_string(path).map_err(|source| KeyError::File {
        path: path.to_owned(),
        source,
    })
}

/// A private key is good random text as well.
fn new_key() -> Result<String, std::io::Error> {
    let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(std::io::Error::other)?;
    Ok(pair.serialize_pem())
}

/// Writes beside and links into place, so that of two processes that start at once one wins and a crash leaves no half.
fn create_if_missing(
    path: &Path,
    make: impl Fn() -> Result<String, std::io::Error>,
) -> Result<(), KeyError> {
    let create = || -> Result<(), std::io::Error> {
        if path.exists() {
            return Ok(());
        }
        let directory = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(directory)?;
        let draft = path.with_extension(format!("{}.new", std::process::id()));
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&draft)?;
        file.write_all(make()?.as_bytes())?;
        file.sync_all()?;
        let linked = match fs::hard_link(&draft, path) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        };
        fs::remove_file(&draft)?;
        linked
    };
    create().map_err(|source| KeyError::File {
        path: path.to_owned(),
        source,
    })
}
