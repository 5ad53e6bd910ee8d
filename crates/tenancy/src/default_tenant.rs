//! Every device belongs to one tenant: for development.

use async_trait::async_trait;
use connector_domain::account::Account;
use connector_domain::id::ClientId;
use connector_domain::port::TenantDirectory;
use connector_domain::tenant::TenantLookup;

/// Answers with the same tenant for every device.
pub struct DefaultDirectory(Account);

impl DefaultDirectory {
    /// Every device belongs to `account`.
    pub fn new(account: Account) -> Self {
        Self(account)
    }
}

#[async_trait]
impl TenantDirectory for DefaultDirectory {
    async fn lookup(&self, client_ids: &[ClientId]) -> Vec<TenantLookup> {
        vec![TenantLookup::Known(self.0.clone()); client_ids.len()]
    }
}
