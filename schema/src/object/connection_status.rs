//! `ConnectionStatus`.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use connector_domain::caller::Permission;
use connector_domain::connection::{Connection, Details};

use super::connection_state_change::state_history;
use super::message_list::device_messages;
use super::{
    Account, CanonicalFacts, ConnectionStateChangeConnection, DeviceBlock, Dispatcher,
    MessageConnection, Tag, int,
};
use crate::access::Access;
use crate::enumeration::{ConnectionState, ConnectionStateReason};
use crate::input::{MessageFilter, MessageOrder};
use crate::node_id::NodeId;
use crate::page::{PageArgs, page_cost};
use crate::scalar::{DateTime, JsonObject};

/// The record of one device, in reach of the caller.
#[derive(Clone)]
pub struct ConnectionStatus(pub Arc<Connection>);

impl ConnectionStatus {
    fn details(&self) -> Option<&Details> {
        self.0.details.as_ref()
    }
}

/// The connection record of one device: its latest connection-status message and what followed.
#[Object]
impl ConnectionStatus {
    /// Opaque global id.
    pub async fn id(&self) -> ID {
        NodeId::Connection(self.0.client_id.clone()).into()
    }

    /// The device's client id (CN of its certificate).
    async fn client_id(&self) -> ID {
        ID(self.0.client_id.to_string())
    }

    /// Organisation the device belongs to; `null` until it could be resolved.
    async fn org_id(&self) -> Option<ID> {
        self.0.tenant.org_id().map(|org_id| ID(org_id.to_string()))
    }

    /// Legacy account number, when known.
    async fn account_number(&self) -> Option<String> {
        let number = self.0.tenant.account()?.account_number.as_ref()?;
        Some(number.to_string())
    }

    /// The customer it belongs to; `null` until it could be resolved.
    async fn account(&self) -> Option<Account> {
        self.0.tenant.account().cloned().map(Account)
    }

    /// Connected or not.
    async fn state(&self) -> ConnectionState {
        self.0.state.into()
    }

    /// Why it is in that state.
    async fn state_reason(&self) -> ConnectionStateReason {
        self.0.reason.into()
    }

    /// When `state` last changed.
    async fn state_changed_at(&self) -> DateTime {
        self.0.state_changed_at.into()
    }

    /// When the device was last heard from, on any topic; exact to a minute.
    async fn last_seen_at(&self) -> DateTime {
        self.0.last_seen_at.into()
    }

    /// When this client id was first seen.
    async fn first_seen_at(&self) -> DateTime {
        self.0.first_seen_at.into()
    }

    /// Grows with every change of this record; drop what carries a smaller one.
    async fn version(&self) -> i32 {
        int(self.0.version)
    }

    /// The link changes hands so often that several hosts seem to share one certificate.
    async fn shared_identity_suspected(&self) -> bool {
        self.0.shared_identity_suspected
    }

    /// Shut out by `blockDevice`: what it says is set aside and nothing is sent to it.
    async fn blocked(&self, ctx: &Context<'_>) -> Result<bool> {
        let loaders = Access::of(ctx)?.loaders()?;
        Ok(loaders.block(self.0.client_id.clone()).await?.is_some())
    }

    /// Since when, by whom and why; `null` also where another organisation blocked it. Needs DEVICE_BLOCK.
    async fn block(&self, ctx: &Context<'_>) -> Result<Option<DeviceBlock>> {
        let access = Access::with(ctx, Permission::DeviceBlock)?;
        let loaders = access.loaders()?;
        let block = loaders.shown_block(self.0.client_id.clone()).await?;
        Ok(block.and_then(|block| DeviceBlock::shown(&access, &block)))
    }

    /// Identity facts; `null` while the device has only ever reported `offline`.
    async fn canonical_facts(&self) -> Option<CanonicalFacts> {
        CanonicalFacts::of(&self.0)
    }

    /// Workers, sorted by name.
    async fn dispatchers(&self) -> Vec<Dispatcher> {
        let dispatchers = self.details().map(|details| details.dispatchers.iter());
        let dispatcher = |(name, features): (&String, &_)| Dispatcher {
            name: name.clone(),
            features: JsonObject::of(features),
        };
        dispatchers.into_iter().flatten().map(dispatcher).collect()
    }

    /// Labels, sorted by key.
    async fn tags(&self) -> Vec<Tag> {
        let tags = self.details().map(|details| details.tags.iter());
        let tag = |(key, value): (&String, &String)| Tag {
            key: key.clone(),
            value: value.clone(),
        };
        tags.into_iter().flatten().map(tag).collect()
    }

    /// Client software, e.g. `yggdrasil`.
    async fn client_name(&self) -> Option<String> {
        self.details()?.client_name.clone()
    }

    /// Version of the client software, as reported.
    async fn client_version(&self) -> Option<String> {
        self.details()?.client_version.clone()
    }

    /// Messages to and from this device, newest first by default.
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
        Ok(device_messages(&access, &self.0.client_id, filter, order_by, &page).await?)
    }

    /// State changes, newest first, as far back as they are kept.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn state_history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the start, 1–100.")] first: Option<i32>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Continue before this cursor.")] before: Option<String>,
    ) -> Result<ConnectionStateChangeConnection> {
        let access = Access::of(ctx)?;
        let page = PageArgs {
            first,
            after,
            last,
            before,
        };
        Ok(state_history(&access, &self.0.client_id, &page).await?)
    }
}
