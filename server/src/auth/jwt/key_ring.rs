//! The keys of one source, found by the id that a token names.

use std::collections::{HashMap, HashSet};

use jsonwebtoken::jwk::Jwk;
use serde::Deserialize;
use serde_json::Value;

use super::header::TokenHeader;
use super::verification_key::{Origin, UnusableKey, VerificationKey};
use crate::auth::proof::Fingerprint;

/// Most keys of a set; real ones have a handful.
const MOST_KEYS: usize = 100;

/// Why a JWK set cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeySetError {
    /// Not JSON of that form (RFC 7517, section 5).
    #[error("it is no JWK set: {0}")]
    Json(serde_json::Error),
    /// More keys than anybody needs.
    #[error("it has {0} keys, at most {MOST_KEYS} are taken")]
    TooMany(usize),
    /// No key in it can be used; the reason of the first, where there is one.
    #[error("it has no key that can be used{}", .0.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default())]
    Empty(Option<UnusableKey>),
    /// Two keys with one id and algorithm: which one would decide is a matter of luck.
    #[error("it has two keys with the id {0:?} and one algorithm")]
    Ambiguous(String),
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

/// Keys.
#[derive(Clone, Default)]
pub(in crate::auth) struct KeyRing {
    named: HashMap<String, Vec<VerificationKey>>,
    unnamed: Vec<VerificationKey>,
}

impl KeyRing {
    /// Reads a JWK set. A key that cannot be used is left out: sets hold keys for other purposes too.
    pub fn of_set(json: &[u8], origin: Origin) -> Result<Self, KeySetError> {
        let set: KeySet = serde_json::from_slice(json).map_err(KeySetError::Json)?;
        if set.keys.len() > MOST_KEYS {
            return Err(KeySetError::TooMany(set.keys.len()));
        }
        let mut ring = Self::default();
        let mut unusable = None;
        for key in set.keys {
            let key = serde_json::from_value::<Jwk>(key)
                .map_err(|_| UnusableKey::Jwk)
                .and_then(|jwk| VerificationKey::of_jwk(&jwk, origin));
            match key {
                Ok(key) => ring.add(key)?,
                Err(reason) => unusable = unusable.or(Some(reason)),
            }
        }
        if ring.is_empty() {
            return Err(KeySetError::Empty(unusable));
        }
        Ok(ring)
    }

    /// Adds a key.
    pub fn add(&mut self, key: VerificationKey) -> Result<(), KeySetError> {
        let keys = match &key.id {
            Some(id) => self.named.entry(id.clone()).or_default(),
            None => &mut self.unnamed,
        };
        if keys.iter().any(|known| known.algorithm == key.algorithm) {
            return Err(KeySetError::Ambiguous(key.id.unwrap_or_default()));
        }
        keys.push(key);
        Ok(())
    }

    /// Whether there is a key with this id.
    pub fn knows(&self, id: &str) -> bool {
        self.named.contains_key(id)
    }

    /// Whether keys have ids.
    pub fn has_named(&self) -> bool {
        !self.named.is_empty()
    }

    /// The key with this id, for the token's algorithm.
    pub fn named(&self, id: &str, header: &TokenHeader) -> Option<&VerificationKey> {
        find(self.named.get(id)?, header)
    }

    /// The key without an id, for the token's algorithm.
    pub fn unnamed(&self, header: &TokenHeader) -> Option<&VerificationKey> {
        find(&self.unnamed, header)
    }

    /// Whether this key is still there.
    pub fn holds(&self, fingerprint: &Fingerprint) -> bool {
        self.named
            .values()
            .flatten()
            .chain(&self.unnamed)
            .any(|key| key.fingerprint == *fingerprint)
    }

    /// Whether another one holds the same keys.
    pub fn is_same(&self, other: &Self) -> bool {
        let keys = |ring: &Self| {
            let keys = ring.named.values().flatten().chain(&ring.unnamed);
            keys.map(|key| (key.id.clone(), key.fingerprint))
                .collect::<HashSet<_>>()
        };
        keys(self) == keys(other)
    }

    /// The ids, sorted.
    pub fn ids(&self) -> Vec<&str> {
        let mut ids: Vec<_> = self.named.keys().map(String::as_str).collect();
        ids.sort_unstable();
        ids
    }

    fn is_empty(&self) -> bool {
        self.named.is_empty() && self.unnamed.is_empty()
    }
}

fn find<'a>(keys: &'a [VerificationKey], header: &TokenHeader) -> Option<&'a VerificationKey> {
    keys.iter()
        .find(|key| format!("{:?}", key.algorithm) == header.algorithm)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
    const SECRET: &str =
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

    fn ring(keys: &Value, origin: Origin) -> Result<KeyRing, KeySetError> {
        KeyRing::of_set(json!({"keys": keys}).to_string().as_bytes(), origin)
    }

    fn header(algorithm: &str, key_id: Option<&str>) -> TokenHeader {
        TokenHeader {
            algorithm: algorithm.to_owned(),
            key_id: key_id.map(str::to_owned),
        }
    }

    #[test]
    fn a_key_is_for_one_algorithm_and_is_found_by_its_id() {
        let rsa = |kid: &str, alg: Value| json!({"kty": "RSA", "kid": kid, "alg": alg, "n": "sXch", "e": "AQAB"});
        let set = json!([
            {"kty": "EC", "kid": "e", "use": "sig", "crv": "P-256", "x": X, "y": Y},
            rsa("r", json!(null)),
            rsa("p", json!("PS512")),
            {"kty": "RSA", "kid": "enc", "use": "enc", "n": "sXch", "e": "AQAB"},
            {"kty": "RSA", "kid": "oaep", "alg": "RSA-OAEP", "n": "sXch", "e": "AQAB"},
            {"kty": "EC", "kid": "odd", "alg": "RS256", "crv": "P-256", "x": X, "y": Y},
            {"kty": "new", "kid": "new"},
            "nonsense",
        ]);
        let ring = ring(&set, Origin::Url).expect("a set");
        for (id, algorithm) in [("e", "ES256"), ("r", "RS256"), ("p", "PS512")] {
            assert!(ring.named(id, &header(algorithm, None)).is_some(), "{id}");
            for other in ["none", "HS256", "ES384", "RS512", "PS256", ""] {
                assert!(
                    ring.named(id, &header(other, None)).is_none(),
                    "{id} {other}"
                );
            }
        }
        for left_out in ["enc", "oaep", "odd", "new"] {
            assert!(!ring.knows(left_out), "{left_out}");
        }
        assert!(ring.unnamed(&header("ES256", None)).is_none());
    }

    #[test]
    fn a_set_that_cannot_be_relied_on_is_refused() {
        let ec = |kid: &str| json!({"kty": "EC", "kid": kid, "crv": "P-256", "x": X, "y": Y});
        assert!(matches!(
            ring(&json!([]), Origin::File),
            Err(KeySetError::Empty(None))
        ));
        assert!(matches!(
            ring(&json!([ec("a"), ec("a")]), Origin::File),
            Err(KeySetError::Ambiguous(_))
        ));
        let many: Vec<Value> = (0..101).map(|n| ec(&n.to_string())).collect();
        assert!(matches!(
            ring(&json!(many), Origin::File),
            Err(KeySetError::TooMany(101))
        ));
        let secret = json!([{"kty": "oct", "kid": "s", "k": SECRET}]);
        assert!(ring(&secret, Origin::File).is_ok());
        assert!(matches!(
            ring(&secret, Origin::Url),
            Err(KeySetError::Empty(Some(UnusableKey::SecretFromUrl)))
        ));
        let short = json!([{"kty": "oct", "kid": "s", "k": "AAAA"}]);
        assert!(matches!(
            ring(&short, Origin::File),
            Err(KeySetError::Empty(Some(UnusableKey::Short(3))))
        ));
        for text in ["", "[]", "{}", r#"{"keys": {}}"#] {
            assert!(
                KeyRing::of_set(text.as_bytes(), Origin::File).is_err(),
                "{text}"
            );
        }
    }
}
