//! The embedded MQTT broker: two mutual-TLS listeners, one for devices and one for services, and
//! nothing without a certificate.
//!
//! What it promises:
//! - A client is who its certificate says. A refused CONNECT leaves the session of that client id
//!   as it was.
//! - A device publishes to its own `…/out` topics and subscribes to its own `…/in` topics, and
//!   nothing else; its last will is under the same rule, checked at CONNECT. See `access` for the
//!   rules.
//! - A service's persistent session (clean start false) buffers while the service is away, and
//!   resumes in order: first what was delivered but not acknowledged (marked DUP), then what was
//!   buffered, then what arrives. See `handover`.
//! - Delivered messages are sent again only when their receiver reconnects, so a receiver may
//!   withhold acknowledgements for as long as it likes.
//!
//! What it does not: keep sessions beyond the process, keep retained messages (the retain flag of a
//! PUBLISH is ignored; MQTT 5 clients are told so, and an MQTT 5 will with the retain flag is
//! refused), or offer shared subscriptions.

use std::net::SocketAddr;
use std::time::Duration;

use rmqtt::context::ServerContext;
use rmqtt::server::MqttServer;
use rmqtt::types::Id;
use tokio::task::JoinSet;

mod access;
mod bouncer;
mod ending;
mod error;
mod gate;
mod handover;
mod hooks;
mod listener;
mod options;
mod redelivery;

pub use bouncer::Bouncer;
pub use error::BrokerError;
pub use options::{BrokerCertificates, BrokerOptions};

use access::AccessRules;
use bouncer::DenyList;
use ending::end_sessions;
use gate::DeviceGate;
use listener::Party;

/// How often, and how many times in a row, [`Broker::drain`] must find nothing: a message on its way between two queues
/// is in neither.
const LOOK_EVERY: Duration = Duration::from_millis(20);
const QUIET_LOOKS: u32 = 3;

/// A running broker. Dropping it closes the listeners at once but leaves established connections to
/// their clients: prefer [`stop`](Self::stop).
pub struct Broker {
    context: ServerContext,
    gate: DeviceGate,
    denied: DenyList,
    accepting: JoinSet<()>,
    device_addr: SocketAddr,
    service_addr: SocketAddr,
}

impl Broker {
    /// Binds both listeners and starts serving. When this returns, clients can connect.
    pub async fn start(options: BrokerOptions) -> Result<Self, BrokerError> {
        options.validate()?;
        // The CPU check would turn devices away whenever the machine is busy with something else.
        let context = ServerContext::new().busy_check_enable(false).build().await;
        handover::install(&context).await;
        redelivery::install(&context).await;
        let gate = DeviceGate::new(options.devices_wait);
        let denied = DenyList::default();
        let rules = AccessRules::new(&options);
        hooks::install(&context, rules, gate.clone(), denied.clone()).await;

        let devices = listener::bind(&options, Party::Device)?;
        let services = listener::bind(&options, Party::Service)?;
        let (device_addr, service_addr) = (devices.address, services.address);
        let server = MqttServer::new(context.clone())
            .listener_by_id(devices.listener, Party::Device.listener_id())
            .listener_by_id(services.listener, Party::Service.listener_id())
            .build();
        let mut accepting = JoinSet::new();
        accepting.spawn(async move {
            if let Err(error) = server.run().await {
                tracing::error!(%error, "embedded mqtt broker stopped accepting connections");
            }
        });
        Ok(Self {
            context,
            gate,
            denied,
            accepting,
            device_addr,
            service_addr,
        })
    }

    /// Where devices connect; the real port when 0 was asked for.
    pub fn device_addr(&self) -> SocketAddr {
        self.device_addr
    }

    /// Where services connect; the real port when 0 was asked for.
    pub fn service_addr(&self) -> SocketAddr {
        self.service_addr
    }

    /// Lets devices in that [waited](BrokerOptions::devices_wait).
    pub fn admit_devices(&self) {
        self.gate.open();
    }

    /// What keeps devices out whose certificate is good.
    pub fn bouncer(&self) -> Bouncer {
        Bouncer::new(self.context.clone(), self.denied.clone())
    }

    /// Takes nothing more from devices, without acknowledging it, and waits until services have acknowledged everything
    /// that was taken.
    pub async fn drain(&self) {
        self.gate.hold();
        let mut quiet = 0;
        while quiet < QUIET_LOOKS {
            tokio::time::sleep(LOOK_EVERY).await;
            quiet = if self.is_delivered().await {
                quiet + 1
            } else {
                0
            };
        }
    }

    async fn is_delivered(&self) -> bool {
        let shared = self.context.extends.shared().await;
        let services: Vec<Id> = shared
            .iter()
            .map(|entry| entry.id())
            .filter(|id| id.lid() == Party::Service.listener_id())
            .collect();
        for id in services {
            if let Some(session) = shared.entry(id).session()
                && !(session.deliver_queue().is_empty()
                    && session.out_inflight().read().await.is_empty())
            {
                return false;
            }
        }
        true
    }

    /// Closes the listeners, then ends every session: services first, so that nobody is flooded
    /// with the last wills of the devices that follow. Queued messages are dropped.
    pub async fn stop(mut self) {
        self.gate.close();
        self.accepting.shutdown().await;
        for party in [Party::Service, Party::Device] {
            self.end_sessions(party).await;
        }
    }

    async fn end_sessions(&self, party: Party) {
        end_sessions(&self.context, |id| id.lid() == party.listener_id()).await;
    }
}
