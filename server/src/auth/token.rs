//! JSON Web Tokens: their claims, and issuing one.

use std::time::Duration;

use connector_domain::caller::Permission;
use connector_domain::id::{AccountNumber, CallerName, OrgId};
use connector_domain::stamp::Stamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde::{Deserialize, Serialize};

/// What a token says.
#[derive(Serialize, Deserialize)]
pub(super) struct Claims {
    pub sub: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub org_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub account_number: Option<String>,
    #[serde(default)]
    pub permissions: Vec<String>,
    pub iss: String,
    pub aud: serde_json::Value,
    /// Seconds since the epoch.
    pub exp: u64,
    /// Seconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub iat: Option<u64>,
}

/// A token to issue.
pub struct NewToken {
    /// Who it is for.
    pub name: CallerName,
    /// Organisation it acts for.
    pub org_id: Option<OrgId>,
    /// Its account number.
    pub account_number: Option<AccountNumber>,
    /// What it may do.
    pub permissions: Vec<Permission>,
    /// How long it is valid.
    pub ttl: Duration,
}

/// Signs a token with ES256.
pub fn issue(
    token: NewToken,
    key: &EncodingKey,
    issuer: &str,
    audience: &str,
    now: Stamp,
) -> Result<String, jsonwebtoken::errors::Error> {
    let seconds = |stamp: Stamp| u64::try_from(stamp.as_nanos() / 1_000_000_000).unwrap_or(0);
    let claims = Claims {
        sub: token.name.into(),
        org_id: token.org_id.map(Into::into),
        account_number: token.account_number.map(Into::into),
        permissions: token
            .permissions
            .iter()
            .map(|permission| permission.as_str().to_owned())
            .collect(),
        iss: issuer.to_owned(),
        aud: audience.into(),
        exp: seconds(now.plus(token.ttl)),
        iat: Some(seconds(now)),
    };
    encode(&Header::new(Algorithm::ES256), &claims, key)
}
