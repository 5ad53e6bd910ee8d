//! Whose a device is: what a lookup can say, and what a connection record remembers.

use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::id::OrgId;

/// What a record knows of its tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum Tenant {
    /// It belongs to this customer.
    Known(Account),
    /// No lookup has succeeded yet; invisible to every tenant, looked up again soon.
    Pending,
    /// The directory says that it belongs to nobody; invisible to every tenant.
    None,
}

impl Tenant {
    /// The customer, where known.
    pub fn account(&self) -> Option<&Account> {
        match self {
            Self::Known(account) => Some(account),
            Self::Pending | Self::None => None,
        }
    }

    /// The organisation, where known.
    pub fn org_id(&self) -> Option<&OrgId> {
        self.account().map(|account| &account.org_id)
    }

    /// What a record holds after a lookup. Fails closed for a new record and forgets nothing for an old one: an
    /// unavailable directory, or one that does not know the device any more, takes no tenant away.
    #[must_use]
    pub fn after(current: Option<&Self>, lookup: &TenantLookup) -> Self {
        match (lookup, current) {
            (TenantLookup::Known(account), _) => Self::Known(account.clone()),
            (_, Some(known @ Self::Known(_))) => known.clone(),
            (TenantLookup::Unknown, _) => Self::None,
            (TenantLookup::Unavailable, Some(current)) => current.clone(),
            (TenantLookup::Unavailable, None) => Self::Pending,
        }
    }
}

/// What the tenant directory answered for one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TenantLookup {
    /// It belongs to this customer.
    Known(Account),
    /// The directory is sure that it belongs to nobody.
    Unknown,
    /// No answer, or none that can be trusted.
    Unavailable,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(org: &str) -> Account {
        Account {
            org_id: OrgId::parse(org).expect("valid"),
            account_number: None,
        }
    }

    #[test]
    fn an_unavailable_directory_takes_no_tenant_away_and_gives_none() {
        let row = Tenant::Known(known("10000"));
        assert_eq!(Tenant::after(Some(&row), &TenantLookup::Unavailable), row);
        assert_eq!(Tenant::after(Some(&row), &TenantLookup::Unknown), row);
        assert_eq!(
            Tenant::after(None, &TenantLookup::Unavailable),
            Tenant::Pending
        );
        assert_eq!(Tenant::after(None, &TenantLookup::Unknown), Tenant::None);
        assert_eq!(
            Tenant::after(Some(&Tenant::Pending), &TenantLookup::Known(known("1"))),
            Tenant::Known(known("1"))
        );
    }
}
