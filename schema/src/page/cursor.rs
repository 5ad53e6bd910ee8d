//! Cursors: a place in one list, sealed so that no other list, order or tenant takes it.
//!
//! Written as base64url of a version byte, 16 bytes of an HMAC-SHA-256 and the key as JSON. The seal covers the list,
//! its order and the caller's scope, which the cursor itself does not hold.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use connector_domain::scope::Scope;
use hmac::{Hmac, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use crate::error::Fault;

const VERSION: u8 = 1;
const SEAL_BYTES: usize = 16;

/// The secret that seals cursors; the same on every server, at least 16 bytes.
#[derive(Clone)]
pub struct CursorKey(Arc<[u8]>);

impl CursorKey {
    /// Takes the secret's bytes.
    pub fn new(secret: impl Into<Vec<u8>>) -> Self {
        Self(Arc::from(secret.into()))
    }

    fn seal(&self, context: &str, key: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(&[VERSION]);
        mac.update(&(context.len() as u64).to_be_bytes());
        mac.update(context.as_bytes());
        mac.update(key);
        Some(mac)
    }
}

impl fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorKey(…)")
    }
}

/// One list in one order as one tenant sees it.
#[derive(Debug, Clone)]
pub(crate) struct List {
    key: CursorKey,
    context: String,
}

impl List {
    /// `name` tells the list and its order, with what it belongs to.
    pub fn new(key: &CursorKey, scope: Option<&Scope>, name: &str) -> Self {
        let reach = match scope {
            None => "nothing".to_owned(),
            Some(scope) => scope
                .org_id()
                .map_or_else(|| "every".to_owned(), |org_id| format!("org {org_id}")),
        };
        Self {
            key: key.clone(),
            context: format!("{reach}\n{name}"),
        }
    }

    /// Writes a place. Empty when it cannot be written, which no key of ours can cause.
    pub fn cursor(&self, key: &impl Serialize) -> String {
        let Ok(key) = serde_json::to_vec(key) else {
            return String::new();
        };
        let Some(mac) = self.key.seal(&self.context, &key) else {
            return String::new();
        };
        let seal = mac.finalize().into_bytes();
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(&seal[..SEAL_BYTES]);
        bytes.extend_from_slice(&key);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a place; BAD_USER_INPUT when it is not one of this list.
    pub fn open<K: DeserializeOwned>(&self, name: &str, cursor: &str) -> Result<K, Fault> {
        self.read(cursor)
            .ok_or_else(|| Fault::bad_input(format!("{name} is not a cursor of this list")))
    }

    fn read<K: DeserializeOwned>(&self, cursor: &str) -> Option<K> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (version, rest) = bytes.split_first()?;
        let (seal, key) = rest.split_at_checked(SEAL_BYTES)?;
        let mac = self.key.seal(&self.context, key)?;
        (*version == VERSION && mac.verify_truncated_left(seal).is_ok())
            .then(|| serde_json::from_slice(key).ok())?
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use connector_domain::id::OrgId;
    use proptest::prelude::*;

    fn list(secret: &str, org: &str, name: &str) -> List {
        let scope = Scope::org(OrgId::parse(org).expect("valid"));
        List::new(&CursorKey::new(secret), Some(&scope), name)
    }

    #[test]
    fn a_cursor_opens_in_its_own_list_only() {
        let own = list("secret", "1", "messages DESC");
        let cursor = own.cursor(&7);
        assert_eq!(own.open::<i32>("after", &cursor).expect("ours"), 7);
        for other in [
            list("other", "1", "messages DESC"),
            list("secret", "2", "messages DESC"),
            list("secret", "1", "messages ASC"),
        ] {
            assert!(other.open::<i32>("after", &cursor).is_err());
        }
        let mut bytes = URL_SAFE_NO_PAD.decode(&cursor).expect("base64");
        *bytes.last_mut().expect("not empty") = b'8';
        let tampered = URL_SAFE_NO_PAD.encode(bytes);
        for text in ["", "x", "AQ", "!", tampered.as_str()] {
            assert!(own.open::<i32>("after", text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_not_ours_is_refused(text in any::<String>(), bytes in any::<Vec<u8>>()) {
            let own = list("secret", "1", "messages DESC");
            for cursor in [text, URL_SAFE_NO_PAD.encode(bytes)] {
                prop_assert!(own.open::<serde_json::Value>("after", &cursor).is_err());
            }
        }

        #[test]
        fn a_place_comes_back_and_no_other_can_be_made_of_its_cursor(
            place in any::<(String, i64)>(),
            at in any::<prop::sample::Index>(),
            flip in 1..=u8::MAX,
        ) {
            let own = list("secret", "1", "messages DESC");
            let cursor = own.cursor(&place);
            prop_assert_eq!(own.open::<(String, i64)>("after", &cursor).ok(), Some(place));
            let mut bytes = URL_SAFE_NO_PAD.decode(&cursor).expect("base64");
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
            let forged = URL_SAFE_NO_PAD.encode(&bytes);
            prop_assert!(own.open::<(String, i64)>("after", &forged).is_err());
            bytes.truncate(at);
            let cut = URL_SAFE_NO_PAD.encode(&bytes);
            prop_assert!(own.open::<(String, i64)>("after", &cut).is_err());
        }
    }
}
