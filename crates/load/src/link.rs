//! One MQTT 3.1.1 connection of a device over mutual TLS, packet by packet: an agent's clean session, with a last will.
//!
//! Not rumqttc's event loop, which neither marks what it sends again as a duplicate nor keeps it when the session is
//! new; its packets are used.

use std::io;

use connector_device::Identity;
use futures::{SinkExt as _, StreamExt as _};
use rumqttc::tokio_rustls::TlsConnector;
use rumqttc::tokio_rustls::client::TlsStream;
use rumqttc::tokio_rustls::rustls::pki_types::ServerName;
use rumqttc::{
    Codec, Connect, ConnectReturnCode, LastWill, Packet, Publish, QoS, Subscribe, SubscribeFilter,
};
use tokio::net::TcpStream;
use tokio_util::codec::Framed;

use crate::options::Options;
use crate::words::Words;

/// Larger than the largest message a broker of ours takes.
const PACKET_BYTES: usize = 2 * 1024 * 1024;

/// Why a link did not open, or ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LinkError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("a packet cannot be read or written: {0}")]
    Packet(rumqttc::Error),
    #[error("the broker refuses: {0:?}")]
    Refused(ConnectReturnCode),
    #[error("the broker ended the link")]
    Ended,
    #[error("nothing came in time")]
    Silent,
}

impl From<rumqttc::Error> for LinkError {
    fn from(error: rumqttc::Error) -> Self {
        match error {
            rumqttc::Error::Io(error) => Self::Io(error),
            error => Self::Packet(error),
        }
    }
}

/// Topics of one device.
#[derive(Debug, Clone)]
pub(crate) struct Topics {
    pub(crate) control_in: String,
    pub(crate) control_out: String,
    pub(crate) data_in: String,
    pub(crate) data_out: String,
}

impl Topics {
    pub(crate) fn of(prefix: &str, client_id: &str) -> Self {
        let topic = |rest: &str| format!("{prefix}/{client_id}/{rest}");
        Self {
            control_in: topic("control/in"),
            control_out: topic("control/out"),
            data_in: topic("data/in"),
            data_out: topic("data/out"),
        }
    }
}

/// An open link.
pub(crate) struct Link {
    framed: Framed<TlsStream<TcpStream>, Codec>,
}

impl Link {
    /// Connects, and waits until the broker has accepted.
    pub(crate) async fn open(
        identity: &Identity,
        options: &Options,
        topics: &Topics,
        words: &Words,
    ) -> Result<Self, LinkError> {
        let name = ServerName::try_from(options.host.clone()).map_err(io::Error::other)?;
        let socket = TcpStream::connect((options.host.as_str(), options.port)).await?;
        socket.set_nodelay(true)?;
        let connector = TlsConnector::from(identity.tls());
        let socket = connector.connect(name, socket).await?;
        let codec = Codec {
            max_incoming_size: PACKET_BYTES,
            max_outgoing_size: PACKET_BYTES,
        };
        let mut link = Self {
            framed: Framed::new(socket, codec),
        };
        let connect = connect(identity, options, topics, words);
        link.send(Packet::Connect(connect)).await?;
        match link.next().await? {
            Packet::ConnAck(ack) if ack.code == ConnectReturnCode::Success => Ok(link),
            Packet::ConnAck(ack) => Err(LinkError::Refused(ack.code)),
            _ => Err(LinkError::Ended),
        }
    }

    /// What an agent does first: subscribe, data before control, and publish an empty message, which makes some brokers
    /// create the topic.
    pub(crate) async fn greet(&mut self, topics: &Topics, packet_id: u16) -> Result<(), LinkError> {
        let filter = |path: &str| SubscribeFilter::new(path.to_owned(), QoS::AtLeastOnce);
        let mut subscribe =
            Subscribe::new_many([filter(&topics.data_in), filter(&topics.control_in)]);
        subscribe.pkid = packet_id;
        self.framed.feed(Packet::Subscribe(subscribe)).await?;
        let priming = Publish::new(&topics.data_out, QoS::AtMostOnce, Vec::new());
        self.send(Packet::Publish(priming)).await
    }

    /// Writes a packet and what was fed before it.
    pub(crate) async fn send(&mut self, packet: Packet) -> Result<(), LinkError> {
        Ok(self.framed.send(packet).await?)
    }

    /// The next packet. Safe to cancel.
    pub(crate) async fn next(&mut self) -> Result<Packet, LinkError> {
        match self.framed.next().await {
            Some(packet) => Ok(packet?),
            None => Err(LinkError::Ended),
        }
    }

    /// A clean DISCONNECT: the broker drops the last will.
    pub(crate) async fn leave(mut self) -> Result<(), LinkError> {
        self.send(Packet::Disconnect).await?;
        Ok(self.framed.close().await?)
    }
}

fn connect(identity: &Identity, options: &Options, topics: &Topics, words: &Words) -> Connect {
    let mut connect = Connect::new(&identity.client_id);
    // The broker waits half as long again: it must not be the first to give up.
    let keep_alive = options.keep_alive.as_secs().saturating_mul(2);
    connect.keep_alive = u16::try_from(keep_alive).unwrap_or(u16::MAX);
    connect.clean_session = true;
    connect.last_will = Some(LastWill::new(
        &topics.control_out,
        words.last_will(),
        QoS::AtLeastOnce,
        false,
    ));
    connect
}
