//! The same for MQTT 3.1.1, as far as the tests need it.

use std::sync::Arc;

use rumqttc::{
    AsyncClient, ConnAck, ConnectReturnCode, ConnectionError, Event, EventLoop, Incoming, LastWill,
    MqttOptions, Publish, QoS, StateError, SubscribeReasonCode, TlsConfiguration, Transport,
};
use rustls::ClientConfig;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::PATIENCE;

pub(crate) struct Client311 {
    requests: AsyncClient,
    received: mpsc::UnboundedReceiver<Incoming>,
    // Dropping it breaks the connection without a DISCONNECT.
    _polling: JoinSet<()>,
}

impl Client311 {
    /// Connects; the broker's code, or none if there was no CONNACK, when it is refused.
    pub(crate) async fn connect(
        client_id: &str,
        port: u16,
        tls: Arc<ClientConfig>,
        will: Option<LastWill>,
    ) -> Result<Self, Option<ConnectReturnCode>> {
        let mut options = MqttOptions::new(client_id, "127.0.0.1", port);
        options
            .set_transport(Transport::Tls(TlsConfiguration::Rustls(tls)))
            .set_max_packet_size(1024 * 1024, 1024 * 1024);
        if let Some(will) = will {
            options.set_last_will(will);
        }
        let (requests, mut events) = AsyncClient::new(options, 100);
        timeout(PATIENCE, connected(&mut events))
            .await
            .expect("an answer in time")?;
        let (sender, received) = mpsc::unbounded_channel();
        let mut polling = JoinSet::new();
        polling.spawn(async move {
            while let Ok(event) = events.poll().await {
                if let Event::Incoming(packet) = event
                    && sender.send(packet).is_err()
                {
                    return;
                }
            }
        });
        Ok(Self {
            requests,
            received,
            _polling: polling,
        })
    }

    /// Publishes at `QoS` 1; whether the broker acknowledged it.
    pub(crate) async fn publish(&mut self, topic: &str, payload: impl Into<Vec<u8>>) -> bool {
        self.requests
            .publish(topic, QoS::AtLeastOnce, false, payload.into())
            .await
            .unwrap();
        while let Some(packet) = self.next().await {
            if let Incoming::PubAck(_) = packet {
                return true;
            }
        }
        false
    }

    pub(crate) async fn subscribe(&mut self, filter: &str) -> SubscribeReasonCode {
        self.requests
            .subscribe(filter, QoS::AtLeastOnce)
            .await
            .unwrap();
        loop {
            if let Incoming::SubAck(ack) = self.next().await.expect("the connection to stay") {
                return ack.return_codes[0];
            }
        }
    }

    pub(crate) async fn message(&mut self) -> Publish {
        loop {
            if let Incoming::Publish(publish) = self.next().await.expect("the connection to stay") {
                return publish;
            }
        }
    }

    async fn next(&mut self) -> Option<Incoming> {
        timeout(PATIENCE, self.received.recv())
            .await
            .expect("a packet in time")
    }
}

async fn connected(events: &mut EventLoop) -> Result<ConnAck, Option<ConnectReturnCode>> {
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Incoming::ConnAck(connack))) => return Ok(connack),
            Ok(_) => {}
            Err(ConnectionError::ConnectionRefused(code)) => return Err(Some(code)),
            Err(
                ConnectionError::MqttState(StateError::Io(_) | StateError::ConnectionAborted) | _,
            ) => return Err(None),
        }
    }
}
