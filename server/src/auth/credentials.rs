//! What a caller brings to prove who it is.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use serde_json::Value;

/// Credentials as brought, not checked.
#[derive(Clone, Default)]
pub struct Credentials {
    /// Value of `Authorization`.
    authorization: Option<String>,
}

impl Credentials {
    /// From the headers of a request.
    pub fn of_headers(headers: &HeaderMap) -> Self {
        let value = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        Self {
            authorization: value.map(str::to_owned),
        }
    }

    /// From the payload of `connection_init`: the same names, in any letter case.
    pub fn of_payload(payload: &Value) -> Self {
        let fields = payload.as_object();
        let value = fields.and_then(|fields| {
            fields
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case("authorization"))
                .and_then(|(_, value)| value.as_str())
        });
        Self {
            authorization: value.map(str::to_owned),
        }
    }

    /// These, or where they hold nothing, `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if self.authorization.is_some() {
            self
        } else {
            other
        }
    }

    /// The bearer token; the scheme's letter case does not matter (RFC 9110, section 11.1).
    pub fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.authorization.as_deref()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }
}
