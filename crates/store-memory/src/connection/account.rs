//! Customers, as far as they have devices.

use std::collections::BTreeMap;

use connector_domain::account::Account;
use connector_domain::id::{AccountNumber, OrgId};
use connector_domain::scope::Scope;

use crate::store::{Device, Tables};

impl Tables {
    /// Those within the scope, by organisation id; the number is that of the device changed last.
    pub(super) fn accounts(&self, scope: &Scope) -> Vec<Account> {
        let mut newest: BTreeMap<&OrgId, &Device> = BTreeMap::new();
        for device in self.devices_changed_last_first(scope) {
            if let Some(org_id) = device.record.tenant.org_id() {
                newest.entry(org_id).or_insert(device);
            }
        }
        newest
            .into_values()
            .filter_map(|device| device.record.tenant.account().cloned())
            .collect()
    }

    /// The customer of the device changed last of those with this number.
    pub(super) fn account_by_number(
        &self,
        scope: &Scope,
        number: &AccountNumber,
    ) -> Option<Account> {
        self.devices_changed_last_first(scope)
            .into_iter()
            .filter_map(|device| device.record.tenant.account())
            .find(|account| account.account_number.as_ref() == Some(number))
            .cloned()
    }

    fn devices_changed_last_first(&self, scope: &Scope) -> Vec<&Device> {
        let mut devices: Vec<&Device> = self
            .devices
            .values()
            .filter(|device| scope.sees(device.record.tenant.org_id()))
            .collect();
        devices.sort_by_key(|device| {
            std::cmp::Reverse((device.changed_at, device.record.client_id.clone()))
        });
        devices
    }
}
