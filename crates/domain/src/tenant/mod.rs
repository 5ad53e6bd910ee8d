//! Whose a device is: what a lookup can say, and what a connection record remembers.

mod doubts;
mod lookup;

use serde::{Deserialize, Serialize};

pub use doubts::TenantDoubts;
pub use lookup::{Denial, TenantLookup};

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

    /// What a record holds after a lookup, and what doubts are left. Fails closed for a new record and forgets nothing for
    /// an old one: an unavailable directory takes no tenant away, and one that does not know the device any more only after
    /// it has said so again and again ([`TenantDoubts`]).
    #[must_use]
    pub fn after(
        current: Option<&Self>,
        doubts: Option<TenantDoubts>,
        lookup: &TenantLookup,
    ) -> (Self, Option<TenantDoubts>) {
        match (lookup, current) {
            (TenantLookup::Known(account), _) => (Self::Known(account.clone()), None),
            (TenantLookup::Unknown(denial), Some(known @ Self::Known(_))) => {
                match TenantDoubts::after(doubts, *denial) {
                    Some(doubts) if doubts.suffice() => (Self::None, None),
                    doubts => (known.clone(), doubts),
                }
            }
            (TenantLookup::Unknown(_), _) => (Self::None, None),
            (TenantLookup::Unavailable, Some(current)) => (current.clone(), doubts),
            (TenantLookup::Unavailable, None) => (Self::Pending, None),
        }
    }
}

#[cfg(test)]
mod tests;
