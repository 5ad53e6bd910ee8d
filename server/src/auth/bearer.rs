//! Callers with a token.

use connector_domain::caller::{AuthMethod, Caller, Permission};
use connector_domain::id::{AccountNumber, CallerName, OrgId};
use connector_domain::stamp::Stamp;
use tokio::sync::watch;

use super::issuer::Issuer;
use super::jwt::{Claims, Rules, TokenHeader, verify};
use super::keys::{Choice, Keys};
use super::proof::Proof;
use super::reason::{Problem, TokenFault};

/// Checks tokens.
pub(super) struct TokenCheck {
    pub rules: Rules,
    /// Where the issuer's keys come from, if from a URL.
    pub issuer: Option<std::sync::Arc<Issuer>>,
}

impl TokenCheck {
    /// Who it is.
    pub async fn caller(
        &self,
        token: &str,
        keys: &watch::Sender<Keys>,
        now: Stamp,
    ) -> Result<(Caller, Proof), Problem> {
        let header = TokenHeader::of(token)?;
        let is_unknown = matches!(keys.borrow().choose(&header), Choice::UnknownId);
        if is_unknown && let Some(issuer) = &self.issuer {
            issuer.fetch_on_demand().await;
        }
        let keys = keys.borrow();
        let key = match keys.choose(&header) {
            Choice::Key(key) => key,
            _ if keys.are_awaited() => return Err(Problem::Unavailable("the issuer's keys")),
            Choice::UnknownId => return Err(TokenFault::UnknownKey(header.shown_key_id()).into()),
            Choice::None => return Err(TokenFault::Algorithm.into()),
        };
        let claims = verify(token, key, &self.rules, now)?;
        let caller = caller_of(claims, &self.rules)?;
        Ok((caller, Proof::TokenKey(key.fingerprint())))
    }
}

fn caller_of(claims: Claims, rules: &Rules) -> Result<Caller, TokenFault> {
    let expires_at = claims.until(rules)?;
    // A permission we do not know gives nothing.
    let permissions = claims.permissions.iter();
    let permissions = permissions
        .filter_map(|name| Permission::parse(name))
        .collect();
    let org_id = claims.org_id.map(OrgId::parse).transpose()?;
    let account_number = claims
        .account_number
        .map(AccountNumber::parse)
        .transpose()?;
    let caller = Caller {
        auth_method: AuthMethod::Jwt,
        name: CallerName::parse(claims.sub)?,
        org_id,
        account_number,
        permissions,
        expires_at: Some(expires_at),
    };
    if caller.scope().is_none() {
        return Err(TokenFault::NoOrganisation);
    }
    Ok(caller)
}
