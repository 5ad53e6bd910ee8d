//! The audit trail.

use async_graphql::{Context, Object, Result};
use connector_domain::caller::Permission;

use crate::access::Access;
use crate::input::AuditFilter;
use crate::object::{AuditEntryConnection, audit_page};
use crate::page::{PageArgs, page_cost};

#[derive(Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// What callers asked of the organisation's devices (or, with CROSS_TENANT, of all), newest first. Needs AUDIT_READ.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn audit_entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Narrow the list.")] filter: Option<AuditFilter>,
        #[graphql(desc = "Items from the start, 1–100. One of `first` and `last` is required.")]
        first: Option<i32>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Continue before this cursor.")] before: Option<String>,
    ) -> Result<AuditEntryConnection> {
        let access = Access::with(ctx, Permission::AuditRead)?;
        let page = PageArgs {
            first,
            after,
            last,
            before,
        };
        Ok(audit_page(&access, filter, &page).await?)
    }
}
