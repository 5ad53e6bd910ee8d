//! `AccountKey`.

use async_graphql::{ID, OneofObject};

/// How to name an account.
#[derive(OneofObject)]
pub enum AccountKey {
    /// By organisation id.
    OrgId(ID),
    /// By legacy account number.
    AccountNumber(String),
}
