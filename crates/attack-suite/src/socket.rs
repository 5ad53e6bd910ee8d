//! A WebSocket of `graphql-transport-ws`, from any address of this machine.

use std::net::{IpAddr, SocketAddr};

use anyhow::Context as _;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderName;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::http::{PATIENCE, connect};

/// The subprotocol.
pub const PROTOCOL: &str = "graphql-transport-ws";

/// One socket.
pub struct Socket(WebSocketStream<TcpStream>);

/// What came.
#[derive(Debug)]
pub enum Heard {
    /// A message of the protocol.
    Said(Value),
    /// The server closed with a code.
    Closed(u16),
    /// The connection ended without one.
    Cut,
    /// Nothing in time.
    Nothing,
}

impl Socket {
    /// Opens one; the error is the status the server refuses with, 0 where the connection ended.
    pub async fn open(
        from: IpAddr,
        to: SocketAddr,
        headers: &[(&str, &str)],
    ) -> anyhow::Result<Result<Self, u16>> {
        let stream = connect(from, to).await?;
        Self::on(stream, to, headers).await
    }

    /// Opens one on a connection.
    pub async fn on(
        stream: TcpStream,
        to: SocketAddr,
        headers: &[(&str, &str)],
    ) -> anyhow::Result<Result<Self, u16>> {
        let mut request = format!("ws://{to}/graphql/ws").into_client_request()?;
        for (name, value) in headers {
            let name: HeaderName = name.parse()?;
            request.headers_mut().append(name, value.parse()?);
        }
        let opening = timeout(PATIENCE, client_async(request, stream)).await;
        Ok(match opening.context("no answer to an upgrade")? {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(_) => Err(0),
        })
    }

    /// Opens one as clients do.
    pub async fn plain(from: IpAddr, to: SocketAddr) -> anyhow::Result<Self> {
        let opened = Self::open(from, to, &[("sec-websocket-protocol", PROTOCOL)]).await?;
        opened.map_err(|status| anyhow::anyhow!("a WebSocket does not open: {status}"))
    }

    /// One that has introduced itself and was let in.
    pub async fn admitted(from: IpAddr, to: SocketAddr, token: &str) -> anyhow::Result<Self> {
        let mut socket = Self::plain(from, to).await?;
        match socket
            .introduce(&json!({"authorization": format!("Bearer {token}")}))
            .await
        {
            Heard::Said(message) if message["type"] == "connection_ack" => Ok(socket),
            other => anyhow::bail!("a good token is not let in: {other:?}"),
        }
    }

    /// Sends `connection_init` with a payload; what came of it.
    pub async fn introduce(&mut self, payload: &Value) -> Heard {
        self.say(&json!({"type": "connection_init", "payload": payload}))
            .await;
        self.hear().await
    }

    /// Starts an operation.
    pub async fn subscribe(&mut self, id: &str, document: &str) -> bool {
        self.say(&json!({"id": id, "type": "subscribe", "payload": {"query": document}}))
            .await
    }

    /// Sends a message of the protocol; whether the connection took it.
    pub async fn say(&mut self, message: &Value) -> bool {
        self.send(Message::text(message.to_string())).await
    }

    /// Sends a frame; whether the connection took it.
    pub async fn send(&mut self, message: Message) -> bool {
        matches!(timeout(PATIENCE, self.0.send(message)).await, Ok(Ok(())))
    }

    /// What comes next, pings aside.
    pub async fn hear(&mut self) -> Heard {
        let hearing = async {
            loop {
                return match self.0.next().await {
                    Some(Ok(Message::Text(text))) => {
                        Heard::Said(serde_json::from_str(&text).unwrap_or_default())
                    }
                    Some(Ok(Message::Close(Some(frame)))) => Heard::Closed(frame.code.into()),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    Some(Ok(_) | Err(_)) | None => Heard::Cut,
                };
            }
        };
        timeout(PATIENCE, hearing).await.unwrap_or(Heard::Nothing)
    }
}

impl Heard {
    /// In a word: the close code, or the type of the message with the code of its first error.
    pub fn outcome(&self) -> String {
        match self {
            Self::Said(message) => {
                let kind = message["type"]
                    .as_str()
                    .unwrap_or("nothing of the protocol");
                let code = message["payload"][0]["extensions"]["code"].as_str();
                code.map_or_else(|| kind.to_owned(), |code| format!("{kind} {code}"))
            }
            Self::Closed(code) => code.to_string(),
            Self::Cut => "cut".to_owned(),
            Self::Nothing => "no answer".to_owned(),
        }
    }
}
