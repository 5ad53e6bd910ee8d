//! Turns credentials into a caller, or says that it cannot.

use std::collections::BTreeSet;

use connector_domain::caller::{AuthMethod, Caller, Permission};
use connector_domain::id::{AccountNumber, CallerName, OrgId};
use connector_domain::stamp::Stamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};

use super::credentials::Credentials;
use super::token::Claims;

/// Why a caller is not let in. Says no more to the outside than that.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// No credentials that we know.
    #[error("no credentials: send `Authorization: Bearer <token>`")]
    Missing,
    /// Credentials that do not hold.
    #[error("the token is not valid: {0}")]
    Invalid(String),
}

/// Checks tokens: one algorithm, fixed issuer and audience, `exp` and `nbf` (RFC 8725).
#[derive(Clone)]
pub struct Authenticator {
    key: DecodingKey,
    validation: Validation,
}

impl Authenticator {
    /// Checks tokens signed with the private half of `key` (P-256, ES256).
    pub fn new(key: DecodingKey, issuer: &str, audience: &str) -> Self {
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_nbf = true;
        validation.leeway = 5;
        Self { key, validation }
    }

    /// Who it is.
    pub fn authenticate(&self, credentials: &Credentials) -> Result<Caller, AuthError> {
        let token = credentials.bearer().ok_or(AuthError::Missing)?;
        let claims = decode::<Claims>(token, &self.key, &self.validation)
            .map_err(|error| AuthError::Invalid(error.to_string()))?
            .claims;
        caller_of(claims).map_err(AuthError::Invalid)
    }
}

fn caller_of(claims: Claims) -> Result<Caller, String> {
    // A permission we do not know gives nothing.
    let permissions: BTreeSet<Permission> = claims
        .permissions
        .iter()
        .filter_map(|name| Permission::parse(name))
        .collect();
    let org_id = claims
        .org_id
        .map(OrgId::parse)
        .transpose()
        .map_err(|error| error.to_string())?;
    if org_id.is_none() && !permissions.contains(&Permission::CrossTenant) {
        return Err("it names no organisation".to_owned());
    }
    Ok(Caller {
        auth_method: AuthMethod::Jwt,
        name: CallerName::parse(claims.sub).map_err(|error| error.to_string())?,
        org_id,
        account_number: claims
            .account_number
            .map(AccountNumber::parse)
            .transpose()
            .map_err(|error| error.to_string())?,
        permissions,
        expires_at: Some(Stamp::from_millis(
            i64::try_from(claims.exp)
                .unwrap_or(i64::MAX)
                .saturating_mul(1000),
        )),
    })
}
