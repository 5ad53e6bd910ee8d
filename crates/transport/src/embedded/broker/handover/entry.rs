//! One client id's place in the table of sessions.

use async_trait::async_trait;
use rmqtt::Result;
use rmqtt::session::Session;
use rmqtt::shared::{DefaultShared, Entry, Shared};
use rmqtt::types::{
    From, Id, IsAdmin, OfflineSession, Publish, Reason, SubsSearchResult, Subscribe,
    SubscribeReturn, Tx, Unsubscribe,
};

use super::transfer::Transfer;
use super::{Gate, Party};

pub(super) struct SessionEntry {
    sessions: DefaultShared,
    gate: Gate,
    inner: Box<dyn Entry>,
    /// Begun when the old connection is told to go, followed up when the new session is put in.
    transfer: Option<Transfer>,
}

impl SessionEntry {
    pub(super) fn new(sessions: DefaultShared, gate: Gate, inner: Box<dyn Entry>) -> Self {
        Self {
            sessions,
            gate,
            inner,
            transfer: None,
        }
    }

    fn is_service_with_session(&self) -> bool {
        self.inner.id().lid() == Party::Service.listener_id() && self.inner.exist()
    }
}

#[async_trait]
impl Entry for SessionEntry {
    async fn try_lock(&self) -> Result<Box<dyn Entry>> {
        let locked = self.inner.try_lock().await?;
        Ok(Box::new(Self::new(
            self.sessions.clone(),
            self.gate.clone(),
            locked,
        )))
    }

    async fn kick(
        &mut self,
        clean_start: bool,
        clear_subscriptions: bool,
        is_admin: IsAdmin,
    ) -> Result<OfflineSession> {
        let closed = if self.is_service_with_session() {
            Some(self.gate.clone().write_owned().await)
        } else {
            None
        };
        let mut previous = self
            .inner
            .kick(clean_start, clear_subscriptions, is_admin)
            .await?;
        if let OfflineSession::Exist(Some(session)) = &mut previous {
            self.transfer = closed.map(|closed| Transfer::begin(closed, session.clone()));
            // rmqtt takes them from the end.
            session.inflight_messages.reverse();
        }
        Ok(previous)
    }

    async fn set(&mut self, session: Session, tx: Tx) -> Result<()> {
        self.inner.set(session.clone(), tx.clone()).await?;
        if let Some(transfer) = self.transfer.take() {
            transfer.follow_up(self.sessions.entry(self.inner.id()), session, tx);
        }
        Ok(())
    }

    fn id(&self) -> Id {
        self.inner.id()
    }

    fn id_same(&self) -> Option<bool> {
        self.inner.id_same()
    }

    async fn remove(&mut self) -> Result<Option<(Session, Tx)>> {
        self.inner.remove().await
    }

    async fn remove_with(&mut self, id: &Id) -> Result<Option<(Session, Tx)>> {
        self.inner.remove_with(id).await
    }

    async fn online(&self) -> bool {
        self.inner.online().await
    }

    async fn is_connected(&self) -> bool {
        self.inner.is_connected().await
    }

    fn session(&self) -> Option<Session> {
        self.inner.session()
    }

    fn exist(&self) -> bool {
        self.inner.exist()
    }

    fn tx(&self) -> Option<Tx> {
        self.inner.tx()
    }

    async fn subscribe(&self, subscribe: &Subscribe) -> Result<SubscribeReturn> {
        self.inner.subscribe(subscribe).await
    }

    async fn unsubscribe(&self, unsubscribe: &Unsubscribe) -> Result<bool> {
        self.inner.unsubscribe(unsubscribe).await
    }

    async fn publish(
        &self,
        from: From,
        publish: Publish,
    ) -> std::result::Result<(), (From, Publish, Reason)> {
        self.inner.publish(from, publish).await
    }

    async fn subscriptions(&self) -> Option<Vec<SubsSearchResult>> {
        self.inner.subscriptions().await
    }
}
