//! A device driven step by step, over real MQTT with mutual TLS.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use connector_device::{Device, Identity, Profile, Quiet, Stop};
use connector_transport::embedded::Authority;
use rumqttc::{
    AsyncClient, Event, EventLoop, LastWill, MqttOptions, Outgoing, Packet, Publish, QoS,
    TlsConfiguration, Transport,
};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::eventually::PATIENCE;

/// A device that is not connected.
pub struct RawDevice {
    /// Its client id.
    pub client_id: String,
    address: SocketAddr,
    identity: Identity,
}

/// A device that is connected and subscribed to its topics. Dropping it cuts the link, and the broker publishes its will.
pub struct Online {
    client: AsyncClient,
    events: EventLoop,
    prefix: String,
    received: std::collections::VecDeque<Publish>,
}

impl RawDevice {
    pub(crate) fn new(data_dir: &Path, address: SocketAddr, client_id: &str) -> Self {
        Self::issued_by(&data_dir.join("certs").join("devices"), address, client_id)
    }

    /// A device of a broker at `address`, with a certificate of the authority kept in `directory`.
    pub fn issued_by(directory: &Path, address: SocketAddr, client_id: &str) -> Self {
        let authority = Authority::open(directory, "tests").expect("the authority opens");
        let issued = authority.issue_client(client_id).expect("a certificate");
        let identity = Identity::from_pem(
            client_id,
            authority.ca_pem(),
            &issued.certificate_pem,
            &issued.private_key_pem,
        )
        .expect("a usable certificate");
        Self::presenting(identity, address)
    }

    /// A device of a broker at `address` that presents a certificate from elsewhere.
    pub fn presenting(identity: Identity, address: SocketAddr) -> Self {
        Self {
            client_id: identity.client_id.clone(),
            address,
            identity,
        }
    }

    /// Connects under its own client id.
    pub async fn connect(&self) -> Online {
        self.connect_as(&self.client_id)
            .await
            .expect("the broker lets the device in")
    }

    /// Connects with its certificate under any client id; the error is what the client sees.
    pub async fn connect_as(&self, client_id: &str) -> Result<Online, String> {
        let prefix = format!("redhat/insights/{}", self.client_id);
        let mut options = MqttOptions::new(
            client_id,
            self.address.ip().to_string(),
            self.address.port(),
        );
        options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(
            self.identity.tls(),
        )));
        options
            .set_clean_session(true)
            .set_keep_alive(Duration::from_secs(30))
            .set_max_packet_size(1 << 20, 1 << 20);
        let will = json!({"type": "connection-status", "message_id": "will", "version": 1, "content": {"state": "offline", "canonical_facts": null}});
        options.set_last_will(LastWill::new(
            format!("{prefix}/control/out"),
            will.to_string(),
            QoS::AtLeastOnce,
            false,
        ));
        let (client, events) = AsyncClient::new(options, 64);
        let mut online = Online {
            client,
            events,
            prefix,
            received: std::collections::VecDeque::new(),
        };
        online
            .until(|event| matches!(event, Event::Incoming(Packet::ConnAck(_))))
            .await?;
        for topic in ["data/in", "control/in"] {
            let topic = format!("{}/{topic}", online.prefix);
            online
                .client
                .try_subscribe(topic, QoS::AtLeastOnce)
                .expect("room for a request");
            online
                .until(|event| matches!(event, Event::Incoming(Packet::SubAck(_))))
                .await?;
        }
        Ok(online)
    }

    /// Lives by itself as the simulated device does, until told to stop.
    pub fn simulate(&self) -> (Stop, JoinHandle<()>) {
        let profile = Profile::of(&self.client_id);
        let (host, port) = (self.address.ip().to_string(), self.address.port());
        let device = Device::new(
            self.identity.clone(),
            profile,
            "redhat/insights",
            &host,
            port,
            Quiet,
        );
        let stop = Stop::default();
        #[allow(
            clippy::disallowed_methods,
            reason = "a test has no tracker; it awaits the handle"
        )]
        let running = tokio::spawn(device.run(stop.clone()));
        (stop, running)
    }
}

impl Online {
    /// Publishes at QoS 1 and waits for the broker's acknowledgement.
    pub async fn publish(&mut self, topic: &str, payload: impl Into<Vec<u8>>) {
        let topic = format!("{}/{topic}", self.prefix);
        self.publish_to(&topic, payload)
            .await
            .expect("the broker acknowledges");
    }

    /// The same, on any topic; the error is what the client sees.
    pub async fn publish_to(
        &mut self,
        topic: &str,
        payload: impl Into<Vec<u8>>,
    ) -> Result<(), String> {
        self.client
            .try_publish(topic, QoS::AtLeastOnce, false, payload)
            .map_err(|error| error.to_string())?;
        let mut packet = None;
        self.until(|event| match event {
            Event::Outgoing(Outgoing::Publish(id)) => {
                packet = Some(*id);
                false
            }
            Event::Incoming(Packet::PubAck(ack)) => packet == Some(ack.pkid),
            _ => false,
        })
        .await
    }

    /// Subscribes to any topic; Mosquitto 2.0 grants what its rules then do not deliver.
    pub async fn subscribe(&mut self, topic: &str) -> Result<(), String> {
        self.client
            .try_subscribe(topic, QoS::AtLeastOnce)
            .map_err(|error| error.to_string())?;
        self.until(|event| matches!(event, Event::Incoming(Packet::SubAck(_))))
            .await
    }

    /// Says that it is online, with a fact, an `echo` worker and a tag.
    pub async fn report_online(&mut self, message_id: &str) {
        let status = json!({
            "type": "connection-status", "message_id": message_id, "response_to": "", "version": 1,
            "sent": "2026-11-24T10:00:00Z",
            "content": {
                "state": "online",
                "canonical_facts": {"fqdn": "host.example.com", "ip_addresses": ["192.0.2.1"]},
                "dispatchers": {"echo": {"version": "1"}},
                "tags": {"site": "north"},
                "client_name": "yggdrasil", "client_version": "0.2.7",
            },
        });
        self.publish("control/out", status.to_string()).await;
    }

    /// The next message for it: its topic and payload.
    pub async fn message(&mut self) -> (String, Vec<u8>) {
        if self.received.is_empty() {
            self.until_received().await;
        }
        let publish = self.received.pop_front().expect("one was received");
        (publish.topic, publish.payload.to_vec())
    }

    /// The next message for it, as JSON.
    pub async fn json_message(&mut self) -> (String, Value) {
        let (topic, payload) = self.message().await;
        (
            topic,
            serde_json::from_slice(&payload).expect("the platform sends JSON"),
        )
    }

    async fn until_received(&mut self) {
        let mut got = false;
        self.until(|event| {
            got |= matches!(event, Event::Incoming(Packet::Publish(_)));
            got
        })
        .await
        .expect("a message comes");
    }

    /// Polls the link until an event is the one, keeping the messages that pass.
    async fn until(&mut self, mut is_it: impl FnMut(&Event) -> bool) -> Result<(), String> {
        let waiting = async {
            loop {
                let event = self
                    .events
                    .poll()
                    .await
                    .map_err(|error| error.to_string())?;
                if let Event::Incoming(Packet::Publish(publish)) = &event {
                    self.received.push_back(publish.clone());
                }
                if is_it(&event) {
                    return Ok(());
                }
            }
        };
        timeout(PATIENCE, waiting)
            .await
            .map_err(|_| "nothing came in time".to_owned())?
    }

    /// Whether the broker has ended the link: polls until it does, or until `quiet` passes without that.
    pub async fn is_cut_within(&mut self, quiet: Duration) -> bool {
        let polling = async { while self.events.poll().await.is_ok() {} };
        timeout(quiet, polling).await.is_ok()
    }
}
