//! What an admission rests on. When that is gone, so is the admission.

use sha2::{Digest, Sha256};

/// Tells one key, with all that it gives, from every other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Of what was put into `hash`.
    pub fn of(hash: Sha256) -> Self {
        Self(hash.finalize().into())
    }
}

/// What proved who a caller is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// The key that a token is signed with.
    TokenKey(Fingerprint),
    /// A service's key, with what the file grants it.
    PreSharedKey(Fingerprint),
    /// A gateway's word, which holds for a while.
    Gateway,
}
