//! Customers by organisation id.

use std::collections::HashMap;

use connector_domain::account::Account;
use connector_domain::id::OrgId;
use connector_domain::port::StoreError;
use dataloader::BatchFn;

use super::Reads;
use super::batch::{Loaded, answer};

pub(super) struct Accounts(pub Reads);

impl BatchFn<OrgId, Loaded<Account>> for Accounts {
    async fn load(&mut self, keys: &[OrgId]) -> HashMap<OrgId, Loaded<Account>> {
        answer(keys, self.read(keys).await)
    }
}

impl Accounts {
    async fn read(&self, keys: &[OrgId]) -> Result<HashMap<OrgId, Account>, StoreError> {
        let Some(scope) = &self.0.scope else {
            return Ok(HashMap::new());
        };
        let found = self.0.connections.accounts(scope, keys).await?;
        let named = |account: Account| (account.org_id.clone(), account);
        Ok(found.into_iter().map(named).collect())
    }
}
