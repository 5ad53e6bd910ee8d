//! `ConnectionStateChange` and lists of it.

use std::sync::Arc;

use async_graphql::{Object, SimpleObject};
use connector_domain::connection::StateChange;
use connector_domain::id::ClientId;

use super::int;
use crate::access::Access;
use crate::enumeration::{ConnectionState, ConnectionStateReason};
use crate::error::Fault;
use crate::loader::StateHistoryKey;
use crate::page::{List, Listing, PageArgs, PageInfo};
use crate::scalar::DateTime;

/// One change of a device's state, as history keeps it.
#[derive(SimpleObject)]
pub struct ConnectionStateChange {
    /// The record's version after the change.
    version: i32,
    /// State before; `null` when the device was first seen.
    previous_state: Option<ConnectionState>,
    /// State after.
    state: ConnectionState,
    /// Why.
    reason: ConnectionStateReason,
    /// When, by the server's clock.
    occurred_at: DateTime,
}

impl From<Arc<StateChange>> for ConnectionStateChange {
    fn from(change: Arc<StateChange>) -> Self {
        Self {
            version: int(change.version),
            previous_state: change.previous_state.map(Into::into),
            state: change.state.into(),
            reason: change.reason.into(),
            occurred_at: change.occurred_at.into(),
        }
    }
}

/// One state change in a page.
#[derive(SimpleObject)]
pub struct ConnectionStateChangeEdge {
    /// Position of the item.
    cursor: String,
    /// The item.
    node: ConnectionStateChange,
}

/// A page of a device's history.
pub struct ConnectionStateChangeConnection(Listing<Arc<StateChange>>);

/// A page of state changes.
#[Object]
impl ConnectionStateChangeConnection {
    /// Items with their cursors.
    async fn edges(&self) -> Vec<ConnectionStateChangeEdge> {
        self.0.edges(|cursor, change| ConnectionStateChangeEdge {
            cursor,
            node: change.into(),
        })
    }

    /// The items alone.
    async fn nodes(&self) -> Vec<ConnectionStateChange> {
        self.0.nodes(ConnectionStateChange::from)
    }

    /// Where this page sits.
    async fn page_info(&self) -> PageInfo {
        self.0.info()
    }
}

/// A page of the history of a device in reach of the caller.
pub(super) async fn state_history(
    access: &Access<'_>,
    client_id: &ClientId,
    page: &PageArgs,
) -> Result<ConnectionStateChangeConnection, Fault> {
    let name = format!("state changes of {client_id}");
    let list = List::new(&access.ports.cursor_key, access.scope().as_ref(), &name);
    let key = StateHistoryKey {
        client_id: client_id.clone(),
        page: page.request(&list)?,
    };
    let found = access.loaders()?.state_history(key).await?;
    let cursor_of = move |change: &Arc<StateChange>| list.cursor(&change.version);
    let listing = Listing::new(found.as_ref().clone(), cursor_of);
    Ok(ConnectionStateChangeConnection(listing))
}
