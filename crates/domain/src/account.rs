//! Customers.

use serde::{Deserialize, Serialize};

use crate::id::{AccountNumber, OrgId};

/// A customer: one organisation, with its legacy account number where one is known.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Organisation id.
    pub org_id: OrgId,
    /// Legacy account (EBS) number.
    pub account_number: Option<AccountNumber>,
}
