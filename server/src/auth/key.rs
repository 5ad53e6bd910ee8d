//! The keys tokens are signed and checked with, and the secret of list cursors. In development they are made in the
//! data directory on first start.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jsonwebtoken::{DecodingKey, EncodingKey};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256};

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
    #[error("the key file {path} does not hold a P-256 key in PEM: {problem}")]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
}

/// The keys for tokens.
pub struct TokenKeys {
    /// To sign with; `None` where only checking is set up.
    pub signing: Option<EncodingKey>,
    /// To check with.
    pub verification: DecodingKey,
}

impl TokenKeys {
    /// Loads the configured keys, or the ones of the data directory, made when they are not there.
    pub fn load(config: &Config) -> Result<Self, KeyError> {
        let auth = &config.auth;
        if auth.signing_key_file.is_empty() && !auth.verification_key_file.is_empty() {
            return Ok(Self {
                signing: None,
                verification: verification_key(Path::new(&auth.verification_key_file))?,
            });
        }
        let path = if auth.signing_key_file.is_empty() {
            let path = config.data_dir.join("auth").join("token-signing.key");
            create_if_missing(&path, new_key)?;
            path
        } else {
            PathBuf::from(&auth.signing_key_file)
        };
        let pem = read(&path)?;
        let content = |problem: String| KeyError::Content {
            path: path.clone(),
            problem,
        };
        let pair = KeyPair::from_pem(&pem).map_err(|error| content(error.to_string()))?;
        let signing =
            EncodingKey::from_ec_pem(pem.as_bytes()).map_err(|error| content(error.to_string()))?;
        let verification = if auth.verification_key_file.is_empty() {
            DecodingKey::from_ec_pem(pair.public_key_pem().as_bytes())
                .map_err(|error| content(error.to_string()))?
        } else {
            verification_key(Path::new(&auth.verification_key_file))?
        };
        Ok(Self {
            signing: Some(signing),
            verification,
        })
    }
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

fn verification_key(path: &Path) -> Result<DecodingKey, KeyError> {
    DecodingKey::from_ec_pem(read(path)?.as_bytes()).map_err(|error| KeyError::Content {
        path: path.to_owned(),
        problem: error.to_string(),
    })
}

fn read(path: &Path) -> Result<String, KeyError> {
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
