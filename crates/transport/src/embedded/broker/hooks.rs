//! Puts the [access rules](super::access) in front of every CONNECT, PUBLISH and SUBSCRIBE.

use std::sync::Arc;

use async_trait::async_trait;
use rmqtt::codec::v5::SubscribeAckReason;
use rmqtt::context::ServerContext;
use rmqtt::hook::{Handler, HookResult, Parameter, ReturnType, Type};
use rmqtt::session::Session;
use rmqtt::types::{
    AuthResult, ConnectInfo, Id, LastWill, PublishAclResult, Subscribe, SubscribeAclResult, To,
};

use super::access::{AccessRules, Refusal};
use super::bouncer::DenyList;
use super::gate::DeviceGate;
use super::listener::Party;

/// Registers the rules with the broker; they hold from the first connection on.
pub(super) async fn install(
    context: &ServerContext,
    rules: AccessRules,
    gate: DeviceGate,
    denied: DenyList,
) {
    let gatekeeper = Gatekeeper {
        rules: Arc::new(rules),
        gate,
        denied,
    };
    let register = context.extends.hook_mgr().register();
    for event in [
        Type::ClientAuthenticate,
        Type::MessagePublishCheckAcl,
        Type::ClientSubscribeCheckAcl,
        Type::MessageDropped,
    ] {
        register.add(event, Box::new(gatekeeper.clone())).await;
    }
    register.start().await;
}

#[derive(Clone)]
struct Gatekeeper {
    rules: Arc<AccessRules>,
    gate: DeviceGate,
    denied: DenyList,
}

#[async_trait]
impl Handler for Gatekeeper {
    #[expect(
        elided_lifetimes_in_paths,
        reason = "the trait declares it so, and async_trait tells the two spellings apart"
    )]
    async fn hook(&self, event: &Parameter, decided: Option<HookResult>) -> ReturnType {
        let decision = match event {
            Parameter::ClientAuthenticate(connect) => {
                HookResult::AuthResult(self.authenticate(connect).await)
            }
            Parameter::MessagePublishCheckAcl(session, publish) => {
                HookResult::PublishAclResult(self.publish(session, &publish.topic).await)
            }
            Parameter::ClientSubscribeCheckAcl(session, subscribe) => {
                HookResult::SubscribeAclResult(self.subscribe(session, subscribe))
            }
            Parameter::MessageDropped(to, ..) => {
                count_dropped(to.as_ref());
                return (true, decided);
            }
            _ => return (true, decided),
        };
        (false, Some(decision))
    }
}

impl Gatekeeper {
    async fn authenticate(&self, connect: &ConnectInfo) -> AuthResult {
        match self.admit(connect) {
            Ok(()) if party(connect.id()) == Some(Party::Device) && !self.gate.admitted().await => {
                AuthResult::NotAuthorized
            }
            Ok(()) => AuthResult::Allow(false, None),
            Err(refusal) => {
                let client_id = connect.client_id();
                tracing::debug!(client.id = %client_id, reason = %refusal, "mqtt client refused");
                AuthResult::NotAuthorized
            }
        }
    }

    fn admit(&self, connect: &ConnectInfo) -> Result<(), Refusal> {
        let party = party(connect.id()).ok_or(Refusal::OtherClientId)?;
        let common_name = connect
            .cert()
            .and_then(|certificate| certificate.common_name.as_deref())
            .ok_or(Refusal::BadCommonName)?;
        self.rules
            .connect(party, common_name, connect.client_id())?;
        if party == Party::Device && self.denied.holds(common_name) {
            return Err(Refusal::Blocked);
        }
        // Checked here because the broker publishes a will without asking again.
        match connect.last_will() {
            Some(will)
                if !self
                    .rules
                    .may_publish(party, connect.client_id(), will_topic(&will)) =>
            {
                Err(Refusal::ForeignWill)
            }
            _ => Ok(()),
        }
    }

    async fn publish(&self, session: &Session, topic: &str) -> PublishAclResult {
        match party(&session.id) {
            // The link is cut rather than the publish refused: MQTT 3.1.1 would acknowledge a refused one.
            Some(Party::Device) if !self.gate.may_speak().await => {
                PublishAclResult::rejected(true, None)
            }
            Some(party) if self.rules.may_publish(party, &session.id.client_id, topic) => {
                PublishAclResult::allow()
            }
            _ => PublishAclResult::rejected(false, None),
        }
    }

    fn subscribe(&self, session: &Session, subscribe: &Subscribe) -> SubscribeAclResult {
        match party(&session.id) {
            Some(party)
                if self.rules.may_subscribe(
                    party,
                    &session.id.client_id,
                    &subscribe.topic_filter,
                ) =>
            {
                SubscribeAclResult::new_success(subscribe.opts.qos(), None)
            }
            _ => SubscribeAclResult::new_failure(SubscribeAckReason::NotAuthorized),
        }
    }
}

fn party(id: &Id) -> Option<Party> {
    Party::from_listener_id(id.lid())
}

fn will_topic<'a>(will: &LastWill<'a>) -> &'a str {
    match will {
        LastWill::V3(will) => &will.topic,
        LastWill::V5(will) => &will.topic,
    }
}

/// A device's message that did not reach a service is a loss to be seen; one that did not reach a
/// device is not.
fn count_dropped(to: Option<&To>) {
    if to.and_then(party) == Some(Party::Service) {
        metrics::counter!("mqtt_broker_dropped_total").increment(1);
    }
}
