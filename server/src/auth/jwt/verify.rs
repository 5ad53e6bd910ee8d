//! Checks a token's signature and claims (RFC 7519; RFC 8725).

use connector_domain::stamp::Stamp;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Validation, decode};
use serde::Deserialize;
use serde_json::Number;

use super::verification_key::VerificationKey;
use crate::auth::reason::TokenFault;

/// What every token must say.
#[derive(Debug, Clone)]
pub(in crate::auth) struct Rules {
    /// Its `iss`.
    pub issuer: String,
    /// One of its `aud`.
    pub audience: String,
    /// How far the clocks of issuers may be off.
    pub leeway: std::time::Duration,
}

/// The claims of a token that holds.
#[derive(Debug, Deserialize)]
pub(in crate::auth) struct Claims {
    pub sub: String,
    #[serde(default)]
    pub org_id: Option<String>,
    #[serde(default)]
    pub account_number: Option<String>,
    #[serde(default)]
    pub permissions: Vec<String>,
    // One issuer and no list of them, which the library would take.
    #[serde(rename = "iss")]
    _iss: String,
    exp: Number,
    #[serde(default)]
    nbf: Option<Number>,
}

impl Claims {
    /// Until when the token is taken: its `exp` and the leeway.
    pub fn until(&self, rules: &Rules) -> Result<Stamp, TokenFault> {
        Ok(moment(&self.exp)?.plus(rules.leeway))
    }
}

/// Checks the token with a key that its header selected.
pub(in crate::auth) fn verify(
    token: &str,
    key: &VerificationKey,
    rules: &Rules,
    now: Stamp,
) -> Result<Claims, TokenFault> {
    let mut validation = Validation::new(key.algorithm);
    validation.set_issuer(&[&rules.issuer]);
    validation.set_audience(&[&rules.audience]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    // Times are checked below, by our clock.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    let claims = decode::<Claims>(token, &key.key, &validation)
        .map_err(|error| fault_of(error.kind()))?
        .claims;
    if claims.until(rules)? <= now {
        return Err(TokenFault::Expired);
    }
    if let Some(not_before) = &claims.nbf
        && moment(not_before)? > now.plus(rules.leeway)
    {
        return Err(TokenFault::NotYet);
    }
    Ok(claims)
}

/// A `NumericDate`: seconds since the epoch, maybe with a fraction (RFC 7519, section 2).
#[allow(clippy::cast_possible_truncation, reason = "checked to be in range")]
fn moment(seconds: &Number) -> Result<Stamp, TokenFault> {
    let seconds = seconds.as_f64().ok_or(TokenFault::Claims)?;
    if !(0.0..=1.0e15).contains(&seconds) {
        return Err(TokenFault::Claims);
    }
    Ok(Stamp::from_millis((seconds * 1000.0) as i64))
}

/// The library's texts may hold parts of the token; ours do not.
fn fault_of(kind: &ErrorKind) -> TokenFault {
    match kind {
        ErrorKind::InvalidSignature => TokenFault::Signature,
        ErrorKind::InvalidIssuer => TokenFault::Issuer,
        ErrorKind::InvalidAudience => TokenFault::Audience,
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName => TokenFault::Algorithm,
        ErrorKind::MissingRequiredClaim(_)
        | ErrorKind::InvalidClaimFormat(_)
        | ErrorKind::Json(_)
        | ErrorKind::Utf8(_) => TokenFault::Claims,
        _ => TokenFault::Malformed,
    }
}
