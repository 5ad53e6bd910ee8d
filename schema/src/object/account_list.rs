//! Lists of `Account`.

use async_graphql::{Context, Object, Result, SimpleObject};
use connector_domain::account as domain;
use connector_domain::page::Page;

use super::{Account, int};
use crate::access::Access;
use crate::error::Fault;
use crate::page::{COUNT_COST, List, Listing, PageArgs, PageInfo};

/// One account in a page.
#[derive(SimpleObject)]
pub struct AccountEdge {
    /// Position of the item.
    cursor: String,
    /// The item.
    node: Account,
}

/// A page of the customers in the caller's scope.
pub struct AccountConnection(Listing<domain::Account>);

/// A page of accounts.
#[Object]
impl AccountConnection {
    /// Items with their cursors.
    async fn edges(&self) -> Vec<AccountEdge> {
        self.0.edges(|cursor, account| AccountEdge {
            cursor,
            node: Account(account),
        })
    }

    /// The items alone.
    async fn nodes(&self) -> Vec<Account> {
        self.0.nodes(Account)
    }

    /// Where this page sits.
    async fn page_info(&self) -> PageInfo {
        self.0.info()
    }

    /// How many there are, over all pages. Costs a count.
    #[graphql(complexity = "COUNT_COST")]
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let access = Access::of(ctx)?;
        let Some(scope) = access.scope() else {
            return Ok(0);
        };
        let count = access.ports.connections.account_count(&scope).await;
        Ok(int(count.map_err(Fault::from)?))
    }
}

impl AccountConnection {
    /// A page of the customers in the caller's scope.
    pub async fn read(access: &Access<'_>, page: &PageArgs) -> Result<Self, Fault> {
        let scope = access.scope();
        let list = List::new(&access.ports.cursor_key, scope.as_ref(), "accounts");
        let request = page.request(&list)?;
        let found = match &scope {
            None => Page::default(),
            Some(scope) => {
                let reader = &access.ports.connections;
                reader.account_page(scope, &request).await?
            }
        };
        let cursor_of = move |account: &domain::Account| list.cursor(&account.org_id);
        Ok(Self(Listing::new(found, cursor_of)))
    }
}
