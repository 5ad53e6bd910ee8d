//! Makes a key and its line.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use connector_domain::caller::Permission;
use connector_domain::id::CallerName;
use connector_domain::stamp::Stamp;
use rustls::crypto::aws_lc_rs::default_provider;

use super::line::{Digest256, Grant, Organisations};

/// Shortest key that is taken from elsewhere, in bytes.
pub const SHORTEST_KEY: usize = 32;
/// What keys start with, for those who look for keys where none should be.
const PREFIX: &str = "ccpsk_";

/// A key that could be found by trying.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key has {0} bytes, at least {SHORTEST_KEY} are needed: it is kept as a fast hash")]
pub struct ShortKey(usize);

/// What a new key is to give.
pub struct NewKey {
    /// The service.
    pub client_id: CallerName,
    /// For whom it may act.
    pub organisations: Organisations,
    /// What it may do.
    pub permissions: Vec<Permission>,
    /// When it runs out.
    pub expires_at: Option<Stamp>,
    /// For people.
    pub comment: Option<String>,
}

impl NewKey {
    /// A key of 256 random bits; `None` when the machine has no random bits to give.
    pub fn random_key() -> Option<String> {
        let mut bytes = [0; 32];
        default_provider().secure_random.fill(&mut bytes).ok()?;
        Some(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// What the file says of `key`.
    pub fn grant(self, key: &str) -> Result<Grant, ShortKey> {
        if key.len() < SHORTEST_KEY {
            return Err(ShortKey(key.len()));
        }
        Ok(Grant {
            client_id: self.client_id,
            sha256: Digest256::of(key.as_bytes()),
            organisations: self.organisations,
            permissions: self.permissions.into_iter().collect(),
            expires_at: self.expires_at,
            comment: self.comment,
        })
    }
}
