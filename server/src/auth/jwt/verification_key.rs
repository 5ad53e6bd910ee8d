//! One key that tokens are checked with, for one algorithm (RFC 8725, section 3.1).

use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse,
};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind};
use sha2::{Digest, Sha256};

use crate::auth::proof::Fingerprint;

/// Shortest secret, in bytes: the size of the hash (RFC 7518, section 3.2).
const SHORTEST_SECRET: usize = 32;

/// Why something is no key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnusableKey {
    /// Not a key of the kind that the algorithm takes.
    #[error("it is no {0:?} key in PEM")]
    Pem(Algorithm),
    /// Too short to be a secret.
    #[error("it has {0} bytes, and a shared secret needs {SHORTEST_SECRET} or more")]
    Short(usize),
    /// A JWK that is not for checking tokens, or of a kind that we do not know.
    #[error("it is not for checking tokens, or of a kind or algorithm that is not taken")]
    Jwk,
    /// A secret that a URL tells everybody.
    #[error("it is a shared secret, which a URL must not hand out")]
    SecretFromUrl,
}

/// Where a JWK set comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::auth) enum Origin {
    /// A file of ours: it may hold secrets.
    File,
    /// A URL: it holds public keys.
    Url,
}

/// A key.
#[derive(Clone)]
pub struct VerificationKey {
    /// Its id; `None` for the one of a PEM file.
    pub(super) id: Option<String>,
    /// The one algorithm it is for.
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
    pub(super) fingerprint: Fingerprint,
}

impl VerificationKey {
    /// A public key in PEM, for `algorithm`, which is not of the HMAC family.
    pub fn of_pem(pem: &[u8], algorithm: Algorithm) -> Result<Self, UnusableKey> {
        let unusable = |_| UnusableKey::Pem(algorithm);
        let key = match algorithm.family() {
            AlgorithmFamily::Rsa => DecodingKey::from_rsa_pem(pem),
            AlgorithmFamily::Ec => DecodingKey::from_ec_pem(pem),
            AlgorithmFamily::Ed => DecodingKey::from_ed_pem(pem),
            AlgorithmFamily::Hmac => return Err(UnusableKey::Pem(algorithm)),
        };
        let key = key.map_err(unusable)?;
        // Looks inside: an EC key of another curve is read without complaint.
        let jwk = Jwk::from_decoding_key(&key, Some(algorithm)).map_err(unusable)?;
        if natural_algorithm(&jwk).is_none_or(|natural| !fits(natural, algorithm)) {
            return Err(UnusableKey::Pem(algorithm));
        }
        Ok(Self::new(None, algorithm, key))
    }

    /// A secret that the issuer of tokens has too (HS256).
    pub fn of_secret(secret: &[u8]) -> Result<Self, UnusableKey> {
        if secret.len() < SHORTEST_SECRET {
            return Err(UnusableKey::Short(secret.len()));
        }
        let key = DecodingKey::from_secret(secret);
        Ok(Self::new(None, Algorithm::HS256, key))
    }

    /// A key of a JWK set.
    pub(in crate::auth) fn of_jwk(jwk: &Jwk, origin: Origin) -> Result<Self, UnusableKey> {
        if !is_for_checking(jwk) {
            return Err(UnusableKey::Jwk);
        }
        let natural = natural_algorithm(jwk).ok_or(UnusableKey::Jwk)?;
        if natural.family() == AlgorithmFamily::Hmac && origin == Origin::Url {
            return Err(UnusableKey::SecretFromUrl);
        }
        let algorithm = match jwk.common.key_algorithm {
            None => natural,
            Some(named) => named_algorithm(named)
                .filter(|named| fits(natural, *named))
                .ok_or(UnusableKey::Jwk)?,
        };
        let key = DecodingKey::from_jwk(jwk).map_err(|_| UnusableKey::Jwk)?;
        if let (AlgorithmFamily::Hmac, DecodingKeyKind::SecretOrDer(secret)) =
            (key.family(), key.kind())
            && secret.len() < SHORTEST_SECRET
        {
            return Err(UnusableKey::Short(secret.len()));
        }
        Ok(Self::new(jwk.common.key_id.clone(), algorithm, key))
    }

    /// Tells it from every other key.
    pub(in crate::auth) fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    fn new(id: Option<String>, algorithm: Algorithm, key: DecodingKey) -> Self {
        let mut hash = Sha256::new();
        hash.update(format!("{algorithm:?}\0"));
        match key.kind() {
            DecodingKeyKind::SecretOrDer(bytes) => hash.update(bytes),
            DecodingKeyKind::RsaModulusExponent { n, e } => {
                hash.update(n);
                hash.update(e);
            }
        }
        Self {
            id,
            algorithm,
            key,
            fingerprint: Fingerprint::of(hash),
        }
    }
}

fn is_for_checking(jwk: &Jwk) -> bool {
    let signs = |usage: &PublicKeyUse| *usage == PublicKeyUse::Signature;
    let verifies = |operations: &Vec<KeyOperations>| operations.contains(&KeyOperations::Verify);
    jwk.common.public_key_use.as_ref().is_none_or(signs)
        && jwk.common.key_operations.as_ref().is_none_or(verifies)
}

/// The algorithm of a key that names none.
fn natural_algorithm(jwk: &Jwk) -> Option<Algorithm> {
    match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => Some(Algorithm::RS256),
        AlgorithmParameters::EllipticCurve(ec) => match ec.curve {
            EllipticCurve::P256 => Some(Algorithm::ES256),
            EllipticCurve::P384 => Some(Algorithm::ES384),
            _ => None,
        },
        AlgorithmParameters::OctetKeyPair(pair) => {
            (pair.curve == EllipticCurve::Ed25519).then_some(Algorithm::EdDSA)
        }
        AlgorithmParameters::OctetKey(_) => Some(Algorithm::HS256),
        _ => None,
    }
}

/// Whether a key of which `natural` is the algorithm can be used for `wanted`: a curve has one, RSA and secrets have
/// several.
fn fits(natural: Algorithm, wanted: Algorithm) -> bool {
    match natural.family() {
        AlgorithmFamily::Ec | AlgorithmFamily::Ed => natural == wanted,
        family => family == wanted.family(),
    }
}

fn named_algorithm(named: KeyAlgorithm) -> Option<Algorithm> {
    Algorithm::try_from(named).ok()
}
