//! Refetching by global id.

use async_graphql::{Context, ID, Object, Result};
use connector_domain::caller::Permission;
use futures::future::try_join_all;

use super::account::account_of;
use crate::access::Access;
use crate::error::Fault;
use crate::object::{Account, ConnectionStatus, Message, Node};
use crate::page::list_cost;

use crate::node_id::NodeId;

/// Most ids of one `nodes`.
const MOST_IDS: usize = 100;

#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Refetch any object by its global id.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Opaque global id.")] id: ID,
    ) -> Result<Option<Node>> {
        Ok(fetch(&Access::of(ctx)?, &id).await?)
    }

    /// Refetch up to 100 objects; `null` where an id is unknown, in the order given.
    #[graphql(complexity = "list_cost(ids.len(), child_complexity)")]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Opaque global ids.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        let access = Access::of(ctx)?;
        if ids.len() > MOST_IDS {
            let problem = format!("ids takes at most {MOST_IDS} ids");
            return Err(Fault::bad_input(problem).into());
        }
        Ok(try_join_all(ids.iter().map(|id| fetch(&access, id))).await?)
    }
}

/// What an id names; `None` when that is nothing the caller sees, FORBIDDEN when it may not read what is of that kind.
async fn fetch(access: &Access<'_>, id: &ID) -> Result<Option<Node>, Fault> {
    match NodeId::parse(id) {
        None => Ok(None),
        Some(NodeId::Connection(client_id)) => {
            access.require(Permission::ConnectionRead)?;
            let found = access.loaders()?.connection(client_id).await?;
            Ok(found.map(|device| Node::Connection(ConnectionStatus(device))))
        }
        Some(NodeId::Account(org_id)) => {
            access.require(Permission::ConnectionRead)?;
            let found = account_of(access, org_id).await?;
            Ok(found.map(|account| Node::Account(Account(account))))
        }
        Some(NodeId::Message(key)) => {
            let found = access.loaders()?.message(key).await?;
            let known = found.filter(|message| access.may_see(message));
            Ok(known.map(|message| Node::Message(Message(message))))
        }
    }
}
