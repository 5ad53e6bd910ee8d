//! An MQTT 5 client that connects once, keeps polling, and shows every packet it receives.

use std::sync::Arc;

use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{
    ConnAck, ConnectReturnCode, PubAckReason, Publish, SubscribeReasonCode,
};
use rumqttc::v5::{
    AsyncClient, ConnectionError, Event, EventLoop, Incoming, MqttOptions, StateError,
};
use rumqttc::{Outgoing, TlsConfiguration, Transport};
use rustls::ClientConfig;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::PATIENCE;

/// Why a client did not get in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The broker's CONNACK says so.
    ByBroker(ConnectReturnCode),
    /// There was no CONNACK: the TLS handshake failed, or the connection was closed.
    Closed,
}

pub(crate) struct Client {
    requests: AsyncClient,
    received: mpsc::UnboundedReceiver<Incoming>,
    pub(crate) session_present: bool,
    pub(crate) receive_maximum: Option<u16>,
    // Dropping it breaks the connection without a DISCONNECT.
    _polling: JoinSet<()>,
}

impl Client {
    pub(crate) async fn connect(
        client_id: &str,
        port: u16,
        tls: Arc<ClientConfig>,
        adjust: impl FnOnce(&mut MqttOptions),
    ) -> Result<Self, Refused> {
        let mut options = MqttOptions::new(client_id, "127.0.0.1", port);
        options
            .set_transport(Transport::Tls(TlsConfiguration::Rustls(tls)))
            .set_max_packet_size(Some(1024 * 1024))
            .set_connection_timeout(PATIENCE.as_secs())
            // The client reserves memory for as many; its default takes 13 MB.
            .set_outgoing_inflight_upper_limit(100);
        adjust(&mut options);
        let (requests, mut events) = AsyncClient::new(options, 100);
        let connack = timeout(PATIENCE, connected(&mut events))
            .await
            .expect("an answer in time")?;
        let (sender, received) = mpsc::unbounded_channel();
        let mut polling = JoinSet::new();
        polling.spawn(async move {
            loop {
                match events.poll().await {
                    Ok(Event::Incoming(packet)) => drop(sender.send(packet)),
                    Ok(Event::Outgoing(Outgoing::Disconnect)) | Err(_) => return,
                    Ok(Event::Outgoing(_)) => {}
                }
            }
        });
        let receive_maximum = connack
            .properties
            .and_then(|properties| properties.receive_max);
        Ok(Self {
            requests,
            received,
            session_present: connack.session_present,
            receive_maximum,
            _polling: polling,
        })
    }

    /// Publishes at `QoS` 1 and returns the broker's answer.
    pub(crate) async fn publish(
        &mut self,
        topic: &str,
        payload: impl Into<Vec<u8>>,
    ) -> PubAckReason {
        self.send(topic, payload).await;
        loop {
            if let Incoming::PubAck(ack) = self.next().await {
                return ack.reason;
            }
        }
    }

    /// Publishes at `QoS` 1 without waiting for the answer.
    pub(crate) async fn send(&self, topic: &str, payload: impl Into<Vec<u8>>) {
        self.requests
            .publish(topic, QoS::AtLeastOnce, false, payload.into())
            .await
            .unwrap();
    }

    /// Subscribes at `QoS` 1.
    pub(crate) async fn subscribe(&mut self, filter: &str) -> Result<(), SubscribeReasonCode> {
        self.requests
            .subscribe(filter, QoS::AtLeastOnce)
            .await
            .unwrap();
        loop {
            if let Incoming::SubAck(ack) = self.next().await {
                return match ack.return_codes[..] {
                    [SubscribeReasonCode::Success(_)] => Ok(()),
                    [refused] => Err(refused),
                    _ => panic!("one answer for one filter: {ack:?}"),
                };
            }
        }
    }

    /// The next message, whatever else comes before it.
    pub(crate) async fn message(&mut self) -> Publish {
        loop {
            if let Incoming::Publish(publish) = self.next().await {
                return publish;
            }
        }
    }

    /// The payload of the next message, as text; acknowledged.
    pub(crate) async fn text(&mut self) -> String {
        let publish = self.message().await;
        self.acknowledge(&publish).await;
        text(&publish)
    }

    /// The next message if there is one already.
    pub(crate) fn message_now(&mut self) -> Option<Publish> {
        while let Ok(packet) = self.received.try_recv() {
            if let Incoming::Publish(publish) = packet {
                return Some(publish);
            }
        }
        None
    }

    pub(crate) async fn acknowledge(&self, publish: &Publish) {
        self.requests.ack(publish).await.unwrap();
    }

    /// Waits for the end of the connection.
    pub(crate) async fn closed(&mut self) {
        while timeout(PATIENCE, self.received.recv())
            .await
            .expect("the connection to end in time")
            .is_some()
        {}
    }

    /// Leaves with a DISCONNECT, once the broker has dealt with everything sent before.
    pub(crate) async fn leave(mut self) {
        self.requests.unsubscribe("nothing").await.unwrap();
        while !matches!(self.next().await, Incoming::UnsubAck(_)) {}
        self.requests.disconnect().await.unwrap();
        self.closed().await;
    }

    async fn next(&mut self) -> Incoming {
        timeout(PATIENCE, self.received.recv())
            .await
            .expect("a packet in time")
            .expect("the connection to stay")
    }
}

pub(crate) fn text(publish: &Publish) -> String {
    String::from_utf8(publish.payload.to_vec()).unwrap()
}

async fn connected(events: &mut EventLoop) -> Result<ConnAck, Refused> {
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Incoming::ConnAck(connack))) => return Ok(connack),
            Ok(_) => {}
            Err(
                ConnectionError::ConnectionRefused(code)
                | ConnectionError::MqttState(StateError::ConnFail { reason: code }),
            ) => {
                return Err(Refused::ByBroker(code));
            }
            Err(_) => return Err(Refused::Closed),
        }
    }
}
