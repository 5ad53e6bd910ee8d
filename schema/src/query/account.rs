//! Customers.

use async_graphql::{Context, Object, Result};
use connector_domain::account as domain;
use connector_domain::caller::Permission;
use connector_domain::id::{AccountNumber, OrgId};

use crate::access::Access;
use crate::error::Fault;
use crate::input::AccountKey;
use crate::object::{Account, AccountConnection};
use crate::page::{PageArgs, page_cost};

#[derive(Default)]
pub struct AccountQuery;

#[Object]
impl AccountQuery {
    /// A customer, with its devices; `null` when unknown or out of reach. Left out: the caller's own.
    async fn account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] by: Option<AccountKey>,
    ) -> Result<Option<Account>> {
        let access = Access::with(ctx, Permission::ConnectionRead)?;
        let found = match by {
            None => own(&access).await?,
            Some(AccountKey::OrgId(id)) => match OrgId::parse(id.0) {
                Ok(org_id) => account_of(&access, org_id).await?,
                Err(_) => None,
            },
            Some(AccountKey::AccountNumber(number)) => match AccountNumber::parse(number) {
                Ok(number) => numbered(&access, &number).await?,
                Err(_) => None,
            },
        };
        Ok(found.map(Account))
    }

    /// Customers with at least one device: the caller's own, or, with CROSS_TENANT, all, by organisation id.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the start, 1–100. One of `first` and `last` is required.")]
        first: Option<i32>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Continue before this cursor.")] before: Option<String>,
    ) -> Result<AccountConnection> {
        let access = Access::with(ctx, Permission::ConnectionRead)?;
        let page = PageArgs {
            first,
            after,
            last,
            before,
        };
        Ok(AccountConnection::read(&access, &page).await?)
    }
}

async fn own(access: &Access<'_>) -> Result<Option<domain::Account>, Fault> {
    match &access.caller.org_id {
        None => Ok(None),
        Some(org_id) => account_of(access, org_id.clone()).await,
    }
}

/// A customer in the caller's scope. The caller's own is known even before its first device.
pub(super) async fn account_of(
    access: &Access<'_>,
    org_id: OrgId,
) -> Result<Option<domain::Account>, Fault> {
    if let Some(account) = access.loaders()?.account(org_id.clone()).await? {
        return Ok(Some(account));
    }
    let own = access.caller.org_id.as_ref() == Some(&org_id);
    Ok(own.then(|| domain::Account {
        org_id,
        account_number: access.caller.account_number.clone(),
    }))
}

async fn numbered(
    access: &Access<'_>,
    number: &AccountNumber,
) -> Result<Option<domain::Account>, Fault> {
    let Some(scope) = access.scope() else {
        return Ok(None);
    };
    let reader = &access.ports.connections;
    if let Some(account) = reader.account_by_number(&scope, number).await? {
        return Ok(Some(account));
    }
    if access.caller.account_number.as_ref() == Some(number) {
        return own(access).await;
    }
    Ok(None)
}
