//! Callers with a pre-shared key.

use connector_domain::caller::{AuthMethod, Caller, Permission};
use connector_domain::id::{AccountNumber, OrgId};
use connector_domain::stamp::Stamp;
use tokio::sync::watch;

use super::accounts::Accounts;
use super::credentials::PresentedKey;
use super::keys::Keys;
use super::proof::{Fingerprint, Proof};
use super::psk::Grant;
use super::reason::{PreSharedKeyFault, Problem};

/// Checks keys of services.
pub(super) struct ServiceCheck {
    pub accounts: Accounts,
}

impl ServiceCheck {
    /// Who it is, and for which organisation.
    pub async fn caller(
        &self,
        presented: PresentedKey<'_>,
        keys: &watch::Sender<Keys>,
        now: Stamp,
    ) -> Result<(Caller, Proof), Problem> {
        let (fingerprint, grant) = {
            let keys = keys.borrow();
            let found = keys
                .services
                .find(presented.client_id, presented.key, now)?;
            (found.0, found.1.clone())
        };
        let org_id = self.org_of(presented, fingerprint, &grant).await?;
        let caller = Caller {
            auth_method: AuthMethod::PreSharedKey,
            name: grant.client_id,
            org_id,
            // What the service says of it proves nothing.
            account_number: None,
            permissions: grant.permissions,
            expires_at: grant.expires_at,
        };
        Ok((caller, Proof::PreSharedKey(fingerprint)))
    }

    /// The organisation it names, which it must have been granted. None is named only by a service that reaches all.
    async fn org_of(
        &self,
        presented: PresentedKey<'_>,
        key: Fingerprint,
        grant: &Grant,
    ) -> Result<Option<OrgId>, Problem> {
        if let Some(org_id) = presented.org_id {
            let org_id = OrgId::parse(org_id).map_err(PreSharedKeyFault::from)?;
            if !grant.organisations.include(&org_id) {
                return Err(PreSharedKeyFault::NotGranted.into());
            }
            return Ok(Some(org_id));
        }
        let Some(number) = presented.account else {
            let reaches_all = grant.permissions.contains(&Permission::CrossTenant);
            return if reaches_all {
                Ok(None)
            } else {
                Err(PreSharedKeyFault::NoOrganisation.into())
            };
        };
        let number = AccountNumber::parse(number).map_err(PreSharedKeyFault::from)?;
        let org_id = self
            .accounts
            .org_of(key, &grant.organisations, &number)
            .await
            .map_err(|_| Problem::Unavailable("the database, for an account number"))?;
        match org_id {
            Some(org_id) => Ok(Some(org_id)),
            None => Err(PreSharedKeyFault::UnknownAccount.into()),
        }
    }
}
