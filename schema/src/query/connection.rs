//! Devices.

use async_graphql::{Context, ID, Object, Result};
use connector_domain::caller::Permission;
use connector_domain::id::ClientId;

use crate::access::Access;
use crate::input::{ConnectionFilter, ConnectionOrder, connection_filter};
use crate::object::{
    ConnectionStats, ConnectionStatus, ConnectionStatusConnection, connection_page, read_stats,
};
use crate::page::{PageArgs, STATS_COST, page_cost};

#[derive(Default)]
pub struct ConnectionQuery;

#[Object]
impl ConnectionQuery {
    /// One device; `null` when unknown.
    async fn connection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The device's client id.")] client_id: ID,
    ) -> Result<Option<ConnectionStatus>> {
        let access = Access::with(ctx, Permission::ConnectionRead)?;
        let Ok(client_id) = ClientId::parse(client_id.0) else {
            return Ok(None);
        };
        let found = access.loaders()?.connection(client_id).await?;
        Ok(found.map(ConnectionStatus))
    }

    /// Devices of the caller's organisation (or, with CROSS_TENANT, of all).
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn connections(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Narrow the list.")] filter: Option<ConnectionFilter>,
        #[graphql(
            desc = "Sort order.",
            default_with = "Some(ConnectionOrder::default())"
        )]
        order_by: Option<ConnectionOrder>,
        #[graphql(desc = "Items from the start, 1–100. One of `first` and `last` is required.")]
        first: Option<i32>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Continue before this cursor.")] before: Option<String>,
    ) -> Result<ConnectionStatusConnection> {
        let access = Access::with(ctx, Permission::ConnectionRead)?;
        let page = PageArgs {
            first,
            after,
            last,
            before,
        };
        Ok(connection_page(&access, access.scope(), filter, order_by, &page).await?)
    }

    /// Counts over the devices a filter selects.
    #[graphql(complexity = "STATS_COST + child_complexity")]
    async fn connection_stats(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Narrow the counts.")] filter: Option<ConnectionFilter>,
    ) -> Result<ConnectionStats> {
        let access = Access::with(ctx, Permission::ConnectionRead)?;
        let filter = connection_filter(filter, access.caller)?;
        let scope = access.scope();
        let (reader, clock) = (&access.ports.connections, &access.ports.clock);
        Ok(read_stats(reader.as_ref(), clock.as_ref(), scope.as_ref(), &filter).await?)
    }
}
