//! A broker that does, byte by byte, what a test says. It speaks MQTT 5.

use std::net::Ipv4Addr;
use std::time::Duration;

use connector_transport::mqtt::Settings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::link_broker::PATIENCE;

const CONNECT: u8 = 1;
const PUBLISH: u8 = 3;
const PUBACK: u8 = 4;
const SUBSCRIBE: u8 = 8;
const PINGREQ: u8 = 12;
const DISCONNECT: u8 = 14;

pub(crate) struct ScriptedBroker {
    listener: TcpListener,
}

impl ScriptedBroker {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        Self { listener }
    }

    pub(crate) fn settings(&self, client_id: &str) -> Settings {
        let port = self.listener.local_addr().unwrap().port();
        Settings::new(format!("mqtt://127.0.0.1:{port}"), client_id)
    }

    /// Whether a client connects within this time.
    pub(crate) async fn is_asked_within(&mut self, time: Duration) -> bool {
        timeout(time, self.listener.accept()).await.is_ok()
    }

    pub(crate) async fn accept(&mut self) -> Session {
        let accepted = timeout(PATIENCE, self.listener.accept());
        let (stream, _) = accepted.await.expect("a client in time").unwrap();
        Session { stream }
    }
}

/// A client's connection. Dropping it cuts the wire.
pub(crate) struct Session {
    stream: TcpStream,
}

/// A publish as it was written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) packet_id: u16,
    pub(crate) payload: String,
    pub(crate) repeated: bool,
}

impl Session {
    /// Lets the client in, with no session, and with these properties.
    pub(crate) async fn welcome(&mut self, properties: &[u8]) {
        self.expect(CONNECT).await;
        let length = u8::try_from(properties.len()).unwrap();
        self.write(&[0x20, length + 3, 0, 0, length]).await;
        self.write(properties).await;
    }

    pub(crate) async fn refuse_subscription(&mut self) {
        let (_, body) = self.expect(SUBSCRIBE).await;
        self.write(&[0x90, 4, body[0], body[1], 0, 0x87]).await;
    }

    pub(crate) async fn grant_subscription(&mut self) {
        let (_, body) = self.expect(SUBSCRIBE).await;
        self.write(&[0x90, 4, body[0], body[1], 0, 1]).await;
    }

    /// Delivers an empty publish on the topic `t`.
    pub(crate) async fn deliver(&mut self, packet_id: u16) {
        let [high, low] = packet_id.to_be_bytes();
        self.write(&[PUBLISH << 4 | 0b0010, 6, 0, 1, b't', high, low, 0])
            .await;
    }

    /// Delivers this many zeros on the topic `t`.
    pub(crate) async fn deliver_bytes(&mut self, packet_id: u16, bytes: usize) {
        let [high, low] = packet_id.to_be_bytes();
        let mut packet = vec![PUBLISH << 4 | 0b0010];
        let mut length = bytes + 6;
        while length > 0x7f {
            packet.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
            length >>= 7;
        }
        packet.push(u8::try_from(length).unwrap());
        packet.extend([0, 1, b't', high, low, 0]);
        packet.resize(packet.len() + bytes, 0);
        self.write(&packet).await;
    }

    /// An empty publish, kept by the broker from before.
    pub(crate) async fn deliver_retained(&mut self, packet_id: u16) {
        let [high, low] = packet_id.to_be_bytes();
        self.write(&[PUBLISH << 4 | 0b0011, 6, 0, 1, b't', high, low, 0])
            .await;
    }

    /// Another connection took the session over.
    pub(crate) async fn take_over(&mut self) {
        self.write(&[DISCONNECT << 4, 2, 0x8e, 0]).await;
    }

    pub(crate) async fn acknowledged(&mut self) -> u16 {
        let (_, body) = self.expect(PUBACK).await;
        u16::from_be_bytes([body[0], body[1]])
    }

    /// The client asks whether we are there, and gets no answer.
    pub(crate) async fn pinged(&mut self) {
        self.expect(PINGREQ).await;
    }

    pub(crate) async fn left(&mut self) {
        self.expect(DISCONNECT).await;
    }

    pub(crate) async fn publish(&mut self) -> Written {
        let (flags, body) = self.expect(PUBLISH).await;
        let topic = usize::from(u16::from_be_bytes([body[0], body[1]]));
        let rest = &body[2 + topic..];
        assert_eq!(rest[2], 0, "no properties");
        Written {
            packet_id: u16::from_be_bytes([rest[0], rest[1]]),
            payload: String::from_utf8(rest[3..].to_vec()).unwrap(),
            repeated: flags & 0b1000 != 0,
        }
    }

    pub(crate) async fn answer(&mut self, packet_id: u16, reason: u8) {
        let [high, low] = packet_id.to_be_bytes();
        self.write(&[PUBACK << 4, 4, high, low, reason, 0]).await;
    }

    /// The next packet, which must be of this kind: its flags and what follows its header.
    async fn expect(&mut self, kind: u8) -> (u8, Vec<u8>) {
        let read = timeout(PATIENCE, self.read()).await;
        let (first, body) = read.expect("a packet in time");
        assert_eq!(first >> 4, kind, "kind of packet");
        (first & 0x0f, body)
    }

    async fn read(&mut self) -> (u8, Vec<u8>) {
        let first = self.stream.read_u8().await.unwrap();
        let (mut length, mut shift) = (0, 0);
        loop {
            let byte = self.stream.read_u8().await.unwrap();
            length |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.unwrap();
        (first, body)
    }

    async fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }
}
