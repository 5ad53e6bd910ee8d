//! Keeps the message during whose delivery a service's connection broke.
//!
//! rmqtt takes a message off the queue, writes it to the connection, and only then remembers it as
//! unacknowledged. When the write fails, the message is in neither place and would be lost. So the
//! one being delivered is noted before the write, and put among the unacknowledged when the
//! connection ends without it having got there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use rmqtt::codec::types::QoS;
use rmqtt::context::ServerContext;
use rmqtt::hook::{Handler, HookResult, Parameter, ReturnType, Type};
use rmqtt::inflight::{MomentStatus, OutInflightMessage};
use rmqtt::session::Session;
use rmqtt::types::{From, Id, Publish};

use super::listener::Party;

/// Registers the note-taking with the broker.
pub(super) async fn install(context: &ServerContext) {
    let notes = DeliveryNotes::default();
    let register = context.extends.hook_mgr().register();
    for event in [
        Type::MessageDelivered,
        Type::MessageAcked,
        Type::ClientDisconnected,
    ] {
        register.add(event, Box::new(notes.clone())).await;
    }
    register.start().await;
}

/// The message last delivered to each connected service, until it is acknowledged.
#[derive(Clone, Default)]
struct DeliveryNotes(Arc<Mutex<HashMap<Id, (From, Publish)>>>);

#[async_trait]
impl Handler for DeliveryNotes {
    #[expect(
        elided_lifetimes_in_paths,
        reason = "the trait declares it so, and async_trait tells the two spellings apart"
    )]
    async fn hook(&self, event: &Parameter, decided: Option<HookResult>) -> ReturnType {
        match event {
            Parameter::MessageDelivered(session, from, publish) => {
                self.delivering(session, from, publish);
            }
            Parameter::MessageAcked(session, _, publish) => self.acknowledged(session, publish),
            Parameter::ClientDisconnected(session, _) => self.disconnected(session).await,
            _ => {}
        }
        (true, decided)
    }
}

impl DeliveryNotes {
    fn delivering(&self, session: &Session, from: &From, publish: &Publish) {
        if session.id.lid() == Party::Service.listener_id() && publish.qos != QoS::AtMostOnce {
            self.notes()
                .insert(session.id.clone(), (from.clone(), publish.clone()));
        }
    }

    fn acknowledged(&self, session: &Session, publish: &Publish) {
        let mut notes = self.notes();
        if notes
            .get(&session.id)
            .is_some_and(|(_, noted)| noted.packet_id == publish.packet_id)
        {
            notes.remove(&session.id);
        }
    }

    async fn disconnected(&self, session: &Session) {
        let Some((from, publish)) = self.notes().remove(&session.id) else {
            return;
        };
        let Some(packet_id) = publish.packet_id else {
            return;
        };
        let mut unacknowledged = session.out_inflight().write().await;
        if !unacknowledged.exist(&packet_id.get()) {
            let status = if publish.qos == QoS::ExactlyOnce {
                MomentStatus::UnReceived
            } else {
                MomentStatus::UnAck
            };
            unacknowledged.push_back(OutInflightMessage::new(status, from, publish));
        }
    }

    fn notes(&self) -> std::sync::MutexGuard<'_, HashMap<Id, (From, Publish)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
