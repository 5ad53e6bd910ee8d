//! Everything that credentials are checked with, as it is now. Replaced as a whole or in parts when files or the issuer
//! change; whoever holds an admission sees that.

use super::jwt::{KeyRing, TokenHeader, VerificationKey};
use super::proof::Proof;
use super::psk::KeyTable;

/// The keys.
#[derive(Clone, Default)]
pub(super) struct Keys {
    /// Of PEM and JWK files.
    pub local: KeyRing,
    /// Of the issuer's URL.
    pub issued: Issued,
    /// Of services.
    pub services: KeyTable,
}

/// The keys of the issuer's URL.
#[derive(Clone, Default)]
pub(super) enum Issued {
    /// No URL is set.
    #[default]
    Unused,
    /// Nothing was fetched yet.
    Awaited,
    /// What was fetched last.
    Known(KeyRing),
}

/// The key for a token.
pub(super) enum Choice<'a> {
    /// This one.
    Key(&'a VerificationKey),
    /// None with its id. The issuer may have made a new one.
    UnknownId,
    /// None, and no new one can change that.
    None,
}

impl Keys {
    /// The key that a token's header selects. An id selects among the keys that have ids; only where there are none at
    /// all is it a mere hint.
    pub fn choose(&self, header: &TokenHeader) -> Choice<'_> {
        let issued = self.issued.ring();
        if let Some(id) = header.key_id.as_deref() {
            for ring in [Some(&self.local), issued].into_iter().flatten() {
                if ring.knows(id) {
                    return ring.named(id, header).map_or(Choice::None, Choice::Key);
                }
            }
            if self.local.has_named() || !matches!(self.issued, Issued::Unused) {
                return Choice::UnknownId;
            }
        }
        let unnamed = self.local.unnamed(header);
        unnamed
            .or_else(|| issued.and_then(|issued| issued.unnamed(header)))
            .map_or(Choice::None, Choice::Key)
    }

    /// Whether what an admission rests on is still there.
    pub fn hold(&self, proof: &Proof) -> bool {
        match proof {
            Proof::TokenKey(fingerprint) => {
                let issued = self.issued.ring();
                self.local.holds(fingerprint)
                    || issued.is_some_and(|issued| issued.holds(fingerprint))
            }
            Proof::PreSharedKey(fingerprint) => self.services.holds(fingerprint),
            Proof::Gateway => true,
        }
    }

    /// Whether the issuer's keys are still awaited.
    pub fn are_awaited(&self) -> bool {
        matches!(self.issued, Issued::Awaited)
    }
}

impl Issued {
    fn ring(&self) -> Option<&KeyRing> {
        match self {
            Self::Known(ring) => Some(ring),
            Self::Unused | Self::Awaited => None,
        }
    }
}
