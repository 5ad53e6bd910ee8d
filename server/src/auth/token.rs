//! Issuing a JSON Web Token.

use std::time::Duration;

use connector_domain::caller::Permission;
use connector_domain::id::{AccountNumber, CallerName, OrgId};
use connector_domain::stamp::Stamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde::Serialize;

/// What a token says.
#[derive(Serialize)]
struct Claims {
    sub: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_number: Option<String>,
    permissions: Vec<String>,
    iss: String,
    aud: String,
    /// Seconds since the epoch.
    exp: u64,
    /// Seconds since the epoch.
    iat: u64,
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
        aud: audience.to_owned(),
        exp: seconds(now.plus(token.ttl)),
        iat: seconds(now),
    };
    encode(&Header::new(Algorithm::ES256), &claims, key)
}
