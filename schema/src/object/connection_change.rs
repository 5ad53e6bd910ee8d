//! `ConnectionChange`.

use async_graphql::{Context, ID, Object, Result};
use connector_domain::connection as domain;
use connector_domain::id::ClientId;
use connector_domain::scope::Scope;
use connector_domain::stamp::Stamp;

use super::{ConnectionStatus, int};
use crate::access::Access;
use crate::enumeration::{ConnectionChangeKind, ConnectionState, ConnectionStateReason};
use crate::live::{Delivery, Event, Sight, sight};
use crate::scalar::DateTime;

/// A change as the scope of the subscriber sees it; nothing of what it does not see.
pub struct ConnectionChange {
    delivery: Delivery,
    client_id: ClientId,
    kind: ConnectionChangeKind,
    version: i64,
    occurred_at: Stamp,
    previous_state: Option<domain::ConnectionState>,
    state: domain::ConnectionState,
    reason: domain::ConnectionStateReason,
}

impl ConnectionChange {
    /// `None` when the scope sees nothing of it.
    pub fn of(scope: Option<&Scope>, delivery: Delivery) -> Option<Self> {
        let Event::Connection(change) = &delivery.entry.event else {
            return None;
        };
        let Sight {
            kind,
            before,
            latest,
            ..
        } = sight(scope?, change)?;
        Some(Self {
            client_id: change.after.client_id.clone(),
            kind,
            version: change.version,
            occurred_at: change.occurred_at,
            previous_state: before.map(|view| view.state),
            state: latest.state,
            reason: latest.reason,
            delivery,
        })
    }
}

/// One event of `connectionChanged`.
#[Object]
impl ConnectionChange {
    /// What happened.
    async fn kind(&self) -> ConnectionChangeKind {
        self.kind
    }

    /// The device's client id.
    async fn client_id(&self) -> ID {
        ID(self.client_id.to_string())
    }

    /// The device as it is now (not as it was then); `null` once it left.
    async fn connection(&self, ctx: &Context<'_>) -> Result<Option<ConnectionStatus>> {
        if self.kind == ConnectionChangeKind::Left {
            return Ok(None);
        }
        let loaders = Access::of(ctx)?.loaders()?;
        let found = loaders.connection(self.client_id.clone()).await?;
        Ok(found.map(ConnectionStatus))
    }

    /// The record's version after the change: repeats have the same.
    async fn version(&self) -> i32 {
        int(self.version)
    }

    /// State before; `null` when the device was first seen.
    async fn previous_state(&self) -> Option<ConnectionState> {
        self.previous_state.map(Into::into)
    }

    /// State after.
    async fn state(&self) -> ConnectionState {
        self.state.into()
    }

    /// Why it is in that state.
    async fn reason(&self) -> ConnectionStateReason {
        self.reason.into()
    }

    /// When, by the server's clock.
    async fn occurred_at(&self) -> DateTime {
        self.occurred_at.into()
    }

    /// Give this to `after` to resume here, on any server.
    async fn cursor(&self) -> &str {
        &self.delivery.entry.cursor
    }

    /// Events dropped just before this one because the subscriber read too slowly.
    /// Above 0: refetch what you show.
    async fn missed(&self) -> i32 {
        self.delivery.missed
    }
}
