//! Hands a persistent session from one connection to the next without losing or reordering
//! messages.
//!
//! When a service reconnects, rmqtt moves its session in steps: the old connection is told to go,
//! the session is taken out, a new one is put in, and once the connection runs, what was
//! unacknowledged or queued is moved over. A message published between two of these steps finds no
//! session and is dropped, or overtakes the queue; the unacknowledged are moved last first; and
//! when the new connection breaks before the move, all of it is dropped.
//!
//! Here, whoever forwards a device's message waits while a service's session is handed over
//! (milliseconds), the unacknowledged are put in order, and what could not be moved is kept for the
//! next connection.

use std::sync::Arc;

use async_trait::async_trait;
use rmqtt::Result;
use rmqtt::context::ServerContext;
use rmqtt::session::Session;
use rmqtt::shared::{DefaultShared, Entry, RetainLoadCallback, Shared};
use rmqtt::types::{
    ForwardedCount, ForwardedRecipients, From, Id, MsgID, NodeId, Publish, Reason, SessionStatus,
    SubRelations, SubRelationsMap, SubsSearchParams, SubsSearchResult, To, TopicFilter,
};
use tokio::sync::RwLock;

mod entry;
mod transfer;

use super::listener::Party;
use entry::SessionEntry;

/// Replaces rmqtt's table of sessions by one that hands over in order.
pub(super) async fn install(context: &ServerContext) {
    let inner = DefaultShared::new(Some(context.clone()));
    *context.extends.shared_mut().await = Box::new(Sessions {
        inner,
        gate: Arc::default(),
    });
}

/// Open to many who forward a message; closed by one who hands a session over.
type Gate = Arc<RwLock<()>>;

struct Sessions {
    inner: DefaultShared,
    gate: Gate,
}

/// What became of a forwarded message: who got it, and who did not and why.
type Forwarded<T> = std::result::Result<T, (T, Vec<Undelivered>)>;
type Undelivered = (To, From, Publish, Reason);

#[async_trait]
impl Shared for Sessions {
    fn entry(&self, id: Id) -> Box<dyn Entry> {
        Box::new(SessionEntry::new(
            self.inner.clone(),
            self.gate.clone(),
            self.inner.entry(id),
        ))
    }

    async fn forwards(
        &self,
        message: Option<MsgID>,
        from: From,
        publish: Publish,
    ) -> Forwarded<ForwardedCount> {
        // What a service publishes never goes to a service, so it need not wait; and the service
        // handed over may be waiting here itself.
        let _open = match Party::from_listener_id(from.lid()) {
            Some(Party::Service) => None,
            _ => Some(self.gate.read().await),
        };
        self.inner.forwards(message, from, publish).await
    }

    fn exist(&self, client_id: &str) -> bool {
        self.inner.exist(client_id)
    }

    async fn forwards_and_get_shareds(
        &self,
        from: From,
        publish: Publish,
    ) -> std::result::Result<
        (SubRelationsMap, ForwardedRecipients),
        (ForwardedRecipients, Vec<Undelivered>),
    > {
        self.inner.forwards_and_get_shareds(from, publish).await
    }

    async fn forwards_to(
        &self,
        from: From,
        publish: &Publish,
        relations: SubRelations,
        message: Option<MsgID>,
    ) -> Forwarded<ForwardedRecipients> {
        self.inner
            .forwards_to(from, publish, relations, message)
            .await
    }

    fn iter(&self) -> Box<dyn Iterator<Item = Box<dyn Entry>> + Sync + Send + '_> {
        self.inner.iter()
    }

    fn random_session(&self) -> Option<Session> {
        self.inner.random_session()
    }

    async fn session_status(&self, client_id: &str) -> Option<SessionStatus> {
        self.inner.session_status(client_id).await
    }

    async fn client_states_count(&self) -> usize {
        self.inner.client_states_count().await
    }

    fn sessions_count(&self) -> usize {
        self.inner.sessions_count()
    }

    async fn query_subscriptions(&self, query: &SubsSearchParams) -> Vec<SubsSearchResult> {
        self.inner.query_subscriptions(query).await
    }

    async fn subscriptions_count(&self) -> usize {
        self.inner.subscriptions_count().await
    }

    async fn retain_load_with(
        &self,
        filter: &TopicFilter,
        callback: Arc<dyn RetainLoadCallback>,
    ) -> Result<Vec<(NodeId, MsgID)>> {
        self.inner.retain_load_with(filter, callback).await
    }
}
