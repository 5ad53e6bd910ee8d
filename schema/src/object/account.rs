//! `Account`.

use async_graphql::{Context, ID, Object, Result};
use connector_domain::account as domain;
use connector_domain::caller::Permission;
use connector_domain::id::ClientId;
use connector_domain::scope::Scope;

use super::{
    ConnectionStats, ConnectionStatus, ConnectionStatusConnection, MessageConnection,
    connection_page, message_page, read_stats,
};
use crate::access::Access;
use crate::input::{
    ConnectionFilter, ConnectionOrder, MessageFilter, MessageOrder, connection_filter,
};
use crate::node_id::NodeId;
use crate::page::{PageArgs, page_cost};

/// A customer in reach of the caller.
#[derive(Clone)]
pub struct Account(pub domain::Account);

impl Account {
    /// Its rows alone: part of the caller's scope, since the caller sees the customer.
    fn scope(&self) -> Scope {
        Scope::org(self.0.org_id.clone())
    }
}

/// A customer: one organisation, with its legacy account number where it has one.
/// Everything the platform knows about a customer's devices hangs off this.
#[Object]
impl Account {
    /// Opaque global id.
    pub async fn id(&self) -> ID {
        NodeId::Account(self.0.org_id.clone()).into()
    }

    /// Organisation id.
    async fn org_id(&self) -> ID {
        ID(self.0.org_id.to_string())
    }

    /// Legacy account (EBS) number, when known.
    async fn account_number(&self) -> Option<String> {
        self.0.account_number.as_ref().map(ToString::to_string)
    }

    /// One of its devices; `null` when it has no such device.
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
        let own = found.filter(|device| device.tenant.org_id() == Some(&self.0.org_id));
        Ok(own.map(ConnectionStatus))
    }

    /// Its devices.
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
        Ok(connection_page(&access, Some(self.scope()), filter, order_by, &page).await?)
    }

    /// Counts over its devices.
    async fn connection_stats(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Narrow the counts.")] filter: Option<ConnectionFilter>,
    ) -> Result<ConnectionStats> {
        let access = Access::with(ctx, Permission::ConnectionRead)?;
        let filter = connection_filter(filter, access.caller)?;
        let (reader, clock) = (&access.ports.connections, &access.ports.clock);
        Ok(read_stats(
            reader.as_ref(),
            clock.as_ref(),
            Some(&self.scope()),
            &filter,
        )
        .await?)
    }

    /// Messages to and from its devices, newest first by default.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Narrow the list.")] filter: Option<MessageFilter>,
        #[graphql(desc = "Sort order.", default_with = "Some(MessageOrder::default())")]
        order_by: Option<MessageOrder>,
        #[graphql(desc = "Items from the start, 1–100.")] first: Option<i32>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Continue before this cursor.")] before: Option<String>,
    ) -> Result<MessageConnection> {
        let access = Access::with(ctx, Permission::MessageRead)?;
        let page = PageArgs {
            first,
            after,
            last,
            before,
        };
        Ok(message_page(&access, Some(self.scope()), filter, order_by, &page).await?)
    }
}
