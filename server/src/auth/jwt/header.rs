//! The header of a token: what it says of itself before anything is checked, and what no token may say.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::auth::reason::TokenFault;

/// Longest header, in bytes of base64url.
const LONGEST: usize = 4096;
/// Longest key id that is told in a log.
const LONGEST_KEY_ID: usize = 64;
/// Types of tokens that are access tokens (RFC 8725, section 3.11; RFC 9068, section 2.1). A token that was made for
/// something else, such as a log-out, says so here.
const TYPES: [&str; 2] = ["jwt", "at+jwt"];

/// What selects the key.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::auth) struct TokenHeader {
    /// Name of the algorithm. Only compared with that of a key.
    pub algorithm: String,
    /// Id of the key.
    pub key_id: Option<String>,
}

#[derive(Deserialize)]
struct Raw {
    alg: String,
    typ: Option<String>,
    kid: Option<String>,
    crit: Option<IgnoredAny>,
    jwk: Option<IgnoredAny>,
    jku: Option<IgnoredAny>,
    x5c: Option<IgnoredAny>,
    x5u: Option<IgnoredAny>,
}

impl TokenHeader {
    /// Reads the header of a token.
    pub fn of(token: &str) -> Result<Self, TokenFault> {
        let mut parts = token.split('.');
        let (Some(header), Some(_), Some(_), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(TokenFault::Malformed);
        };
        if header.len() > LONGEST {
            return Err(TokenFault::Malformed);
        }
        let json = URL_SAFE_NO_PAD
            .decode(header)
            .map_err(|_| TokenFault::Malformed)?;
        let raw: Raw = serde_json::from_slice(&json).map_err(|_| TokenFault::Malformed)?;
        raw.checked()
    }

    /// The key id as it may stand in a log.
    pub fn shown_key_id(&self) -> String {
        let id = self.key_id.as_deref().unwrap_or_default();
        id.chars().take(LONGEST_KEY_ID).collect()
    }
}

impl Raw {
    fn checked(self) -> Result<TokenHeader, TokenFault> {
        let kind = self.typ.unwrap_or_default().to_ascii_lowercase();
        let kind = kind.strip_prefix("application/").unwrap_or(&kind);
        if !TYPES.contains(&kind) {
            return Err(TokenFault::Type);
        }
        // What must be understood is not, and a key is never taken from a token (RFC 8725, section 3.10).
        if [self.crit, self.jwk, self.jku, self.x5c, self.x5u]
            .iter()
            .any(Option::is_some)
        {
            return Err(TokenFault::Header);
        }
        Ok(TokenHeader {
            algorithm: self.alg,
            key_id: self.kid,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn read(header: &Value) -> Result<TokenHeader, TokenFault> {
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        TokenHeader::of(&format!("{header}.e30.AA"))
    }

    #[test]
    fn only_the_header_of_an_access_token_without_a_key_of_its_own_is_read() {
        for typ in ["JWT", "jwt", "at+jwt", "application/at+JWT"] {
            let header = read(&json!({"alg": "ES256", "typ": typ, "kid": "k", "x5t": "y"}));
            let expected = TokenHeader {
                algorithm: "ES256".to_owned(),
                key_id: Some("k".to_owned()),
            };
            assert_eq!(header, Ok(expected));
        }
        for typ in [json!(null), json!(""), json!("logout+jwt"), json!("JWT ")] {
            let header = read(&json!({"alg": "ES256", "typ": typ}));
            assert_eq!(header, Err(TokenFault::Type));
        }
        for name in ["crit", "jwk", "jku", "x5c", "x5u"] {
            let header = json!({"alg": "ES256", "typ": "JWT", name: ["x"]});
            assert_eq!(read(&header), Err(TokenFault::Header), "{name}");
        }
        for text in [
            "",
            ".",
            "..",
            "a.b",
            "e30.e30.e30",
            "e30.e30.e30.e30",
            "é.e30.e30",
        ] {
            assert_eq!(TokenHeader::of(text), Err(TokenFault::Malformed), "{text}");
        }
        let long = json!({"alg": "ES256", "typ": "JWT", "kid": "k".repeat(LONGEST)});
        assert_eq!(read(&long), Err(TokenFault::Malformed));
        let twice = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","alg":"ES256","typ":"JWT"}"#);
        let twice = TokenHeader::of(&format!("{twice}.e30.AA"));
        assert_eq!(twice, Err(TokenFault::Malformed));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*") {
            let _ = TokenHeader::of(&text);
        }

        #[test]
        fn any_bytes_in_the_place_of_the_header_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = TokenHeader::of(&format!("{}.e30.AA", URL_SAFE_NO_PAD.encode(bytes)));
        }

        #[test]
        fn a_header_that_is_read_says_what_was_written(alg in "\\PC*", kid in proptest::option::of("\\PC*")) {
            let header = read(&json!({"alg": alg, "typ": "JWT", "kid": kid})).expect("a header");
            prop_assert!(header.shown_key_id().len() <= 4 * LONGEST_KEY_ID);
            prop_assert_eq!(header, TokenHeader { algorithm: alg, key_id: kid });
        }
    }
}
