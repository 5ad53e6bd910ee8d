//! Files with keys: read at start, and looked at for changes while we run. What cannot be read leaves what is there.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jsonwebtoken::Algorithm;
use tokio::sync::watch;
use tracing::{error, info};

use super::jwt::{KeyRing, Origin, VerificationKey};
use super::key::{KeyError, own_public_key};
use super::keys::Keys;
use super::psk::KeyTable;
use crate::config;

/// Where keys are.
#[derive(Debug, Clone)]
pub(super) struct KeyFiles {
    pem: Pem,
    shared: Option<PathBuf>,
    set: Option<PathBuf>,
    services: Option<PathBuf>,
}

/// The key of a PEM file.
#[derive(Debug, Clone)]
enum Pem {
    /// A public key, and what it is for.
    Public(PathBuf, Algorithm),
    /// A private key whose public half is meant.
    Signing(PathBuf),
    /// None: tokens come from elsewhere.
    None,
}

impl KeyFiles {
    /// The configured files. The data directory's own key checks tokens only where nothing else is set to do so, so that
    /// a forgotten file opens nothing.
    pub fn of(auth: &config::Auth, own_key: PathBuf) -> Self {
        let elsewhere = auth.checks_tokens_of_others();
        let pem = match (
            set(&auth.verification_key_file),
            set(&auth.signing_key_file),
        ) {
            (Some(public), _) => Pem::Public(public, auth.verification_algorithm),
            (None, Some(signing)) => Pem::Signing(signing),
            (None, None) if elsewhere => Pem::None,
            (None, None) => Pem::Signing(own_key),
        };
        Self {
            pem,
            shared: set(&auth.shared_key_file),
            set: set(&auth.jwks.file),
            services: set(&auth.psk.file),
        }
    }

    /// The keys that tokens are checked with.
    pub fn ring(&self) -> Result<KeyRing, KeyError> {
        let mut ring = match &self.set {
            Some(path) => KeyRing::of_set(&read(path)?, Origin::File)
                .map_err(|error| KeyError::content(path, &error))?,
            None => KeyRing::default(),
        };
        if let Some((path, key)) = self.pem_key()? {
            ring.add(key)
                .map_err(|error| KeyError::content(path, &error))?;
        }
        if let Some(path) = &self.shared {
            let key = VerificationKey::of_secret(without_newline(&read(path)?))
                .map_err(|error| KeyError::content(path, &error))?;
            ring.add(key)
                .map_err(|error| KeyError::content(path, &error))?;
        }
        Ok(ring)
    }

    fn pem_key(&self) -> Result<Option<(&Path, VerificationKey)>, KeyError> {
        match &self.pem {
            Pem::Public(path, algorithm) => VerificationKey::of_pem(&read(path)?, *algorithm)
                .map(|key| Some((path.as_path(), key)))
                .map_err(|error| KeyError::content(path, &error)),
            Pem::Signing(path) => Ok(Some((path, own_public_key(path)?))),
            Pem::None => Ok(None),
        }
    }

    /// The keys of services.
    pub fn services(&self) -> Result<KeyTable, KeyError> {
        match &self.services {
            Some(path) => {
                KeyTable::parse(&read(path)?).map_err(|error| KeyError::content(path, &error))
            }
            None => Ok(KeyTable::default()),
        }
    }

    /// Looks for changes for ever, and publishes them.
    pub async fn follow(self, every: Duration, keys: watch::Sender<Keys>) {
        let (mut of_tokens, mut of_services) = (Problem::default(), Problem::default());
        loop {
            tokio::time::sleep(every).await;
            let files = self.clone();
            let read = tokio::task::spawn_blocking(move || (files.ring(), files.services()));
            let Ok((ring, services)) = read.await else {
                continue;
            };
            if let Some(ring) = of_tokens.told_once(ring) {
                publish_ring(&keys, ring);
            }
            if let Some(services) = of_services.told_once(services) {
                publish_services(&keys, services);
            }
        }
    }
}

fn publish_ring(keys: &watch::Sender<Keys>, ring: KeyRing) {
    keys.send_if_modified(|keys| {
        if keys.local.is_same(&ring) {
            return false;
        }
        info!("the files with keys for tokens changed");
        keys.local = ring;
        true
    });
}

fn publish_services(keys: &watch::Sender<Keys>, services: KeyTable) {
    keys.send_if_modified(|keys| {
        if keys.services.is_same(&services) {
            return false;
        }
        info!(
            keys = services.len(),
            "the file with keys of services changed"
        );
        keys.services = services;
        true
    });
}

/// What is wrong with files, told when it is new.
#[derive(Default)]
struct Problem(Option<String>);

impl Problem {
    fn told_once<T>(&mut self, read: Result<T, KeyError>) -> Option<T> {
        let problem = match read {
            Ok(read) => {
                self.0 = None;
                return Some(read);
            }
            Err(problem) => problem.to_string(),
        };
        if self.0.as_ref() != Some(&problem) {
            error!(error = problem, "keys stay as they are");
            self.0 = Some(problem);
        }
        None
    }
}

impl config::Auth {
    /// Whether tokens of somebody else's are checked.
    pub(super) fn checks_tokens_of_others(&self) -> bool {
        [
            &self.verification_key_file,
            &self.shared_key_file,
            &self.jwks.file,
            &self.jwks.url,
        ]
        .iter()
        .any(|setting| !setting.is_empty())
    }
}

fn read(path: &Path) -> Result<Vec<u8>, KeyError> {
    fs::read(path).map_err(|source| KeyError::File {
        path: path.to_owned(),
        source,
    })
}

/// A secret written with an editor ends with a line's end that is no part of it.
fn without_newline(secret: &[u8]) -> &[u8] {
    let secret = secret.strip_suffix(b"\n").unwrap_or(secret);
    secret.strip_suffix(b"\r").unwrap_or(secret)
}

fn set(setting: &str) -> Option<PathBuf> {
    (!setting.is_empty()).then(|| PathBuf::from(setting))
}
