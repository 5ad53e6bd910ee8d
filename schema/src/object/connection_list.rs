//! Lists of `ConnectionStatus`.

use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject};
use connector_domain::connection::{self as domain, Connection};
use connector_domain::page::Page;
use connector_domain::scope::Scope;

use super::{ConnectionStatus, int};
use crate::access::Access;
use crate::error::Fault;
use crate::input::{ConnectionFilter, ConnectionOrder, connection_filter};
use crate::page::{COUNT_COST, List, Listing, PageArgs, PageInfo};

/// One connection in a page.
#[derive(SimpleObject)]
pub struct ConnectionStatusEdge {
    /// Position of the item.
    cursor: String,
    /// The item.
    node: ConnectionStatus,
}

/// A page, and what to count for its total.
pub struct ConnectionStatusConnection {
    listing: Listing<Arc<Connection>>,
    scope: Option<Scope>,
    filter: domain::ConnectionFilter,
}

/// A page of connections.
#[Object]
impl ConnectionStatusConnection {
    /// Items with their cursors.
    async fn edges(&self) -> Vec<ConnectionStatusEdge> {
        self.listing
            .edges(|cursor, connection| ConnectionStatusEdge {
                cursor,
                node: ConnectionStatus(connection),
            })
    }

    /// The items alone.
    async fn nodes(&self) -> Vec<ConnectionStatus> {
        self.listing.nodes(ConnectionStatus)
    }

    /// Where this page sits.
    async fn page_info(&self) -> PageInfo {
        self.listing.info()
    }

    /// How many match the filter, over all pages. Costs a count; ask only when shown.
    #[graphql(complexity = "COUNT_COST")]
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let Some(scope) = &self.scope else {
            return Ok(0);
        };
        let reader = &Access::of(ctx)?.ports.connections;
        let count = reader.connection_count(scope, &self.filter).await;
        Ok(int(count.map_err(Fault::from)?))
    }
}

/// A page of the devices in a scope, which is the caller's own or a part of it.
pub(crate) async fn connection_page(
    access: &Access<'_>,
    scope: Option<Scope>,
    filter: Option<ConnectionFilter>,
    order: Option<ConnectionOrder>,
    page: &PageArgs,
) -> Result<ConnectionStatusConnection, Fault> {
    let filter = connection_filter(filter, access.caller)?;
    let order = domain::ConnectionOrder::from(order.unwrap_or_default());
    let name = format!("connections {:?} {:?}", order.field, order.direction);
    let list = List::new(&access.ports.cursor_key, scope.as_ref(), &name);
    let request = page.request(&list)?;
    let found = match &scope {
        None => Page::default(),
        Some(scope) => {
            let reader = &access.ports.connections;
            reader
                .connection_page(scope, &filter, order, &request)
                .await?
        }
    };
    let cursor_of =
        move |connection: &Arc<Connection>| list.cursor(&order.key_of(&connection.view()));
    Ok(ConnectionStatusConnection {
        listing: Listing::new(found.map(Arc::new), cursor_of),
        scope,
        filter,
    })
}
