//! `Viewer`.

use async_graphql::{Context, ID, Object, Result};
use connector_domain::caller::Caller;

use crate::access::Access;
use crate::enumeration::{AuthMethod, Permission};

/// The caller itself.
pub struct Viewer(pub Caller);

/// Who is asking, as this server understood it. Start here when something reads as absent.
#[Object]
impl Viewer {
    /// How the caller was authenticated.
    async fn auth_method(&self) -> AuthMethod {
        self.0.auth_method.into()
    }

    /// Display name: the service's client id, or the user name in the identity.
    async fn name(&self) -> &str {
        self.0.name.as_str()
    }

    /// Organisation the request acts for; `null` for a cross-tenant service that named none.
    async fn org_id(&self) -> Option<ID> {
        self.0.org_id.as_ref().map(|org_id| ID(org_id.to_string()))
    }

    /// Legacy account (EBS) number of that organisation, when known.
    async fn account_number(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        if let Some(number) = &self.0.account_number {
            return Ok(Some(number.to_string()));
        }
        let Some(org_id) = &self.0.org_id else {
            return Ok(None);
        };
        let account = Access::of(ctx)?.loaders()?.account(org_id.clone()).await?;
        let number = account.and_then(|account| account.account_number);
        Ok(number.map(|number| number.to_string()))
    }

    /// What the caller may do, sorted.
    async fn permissions(&self) -> Vec<Permission> {
        let mut permissions: Vec<_> = self.0.permissions.iter().copied().collect();
        permissions.sort_by_key(|permission| permission.as_str());
        permissions.into_iter().map(Permission::from).collect()
    }
}
