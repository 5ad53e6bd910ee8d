//! A subscriber over `graphql-transport-ws`.

use std::collections::VecDeque;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderName;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::client::Client;
use crate::eventually::PATIENCE;

/// One socket.
pub struct Subscription {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// What came while something else was waited for.
    early: VecDeque<Value>,
}

impl Subscription {
    /// Opens a socket and sends nothing.
    pub async fn open(base: &str) -> Self {
        let opened = Self::open_with(base, &[]).await;
        opened.unwrap_or_else(|status| panic!("the socket does not open: {status}"))
    }

    /// Opens a socket with more headers; the error is the status that the server refuses with.
    pub async fn open_with(base: &str, headers: &[(&str, &str)]) -> Result<Self, u16> {
        let mut request = format!("{}/graphql/ws", base.replace("http://", "ws://"))
            .into_client_request()
            .expect("a request");
        let protocol = ("sec-websocket-protocol", "graphql-transport-ws");
        for (name, value) in headers.iter().chain([&protocol]) {
            let name: HeaderName = name.parse().expect("a name");
            let value = value.parse().expect("a header");
            request.headers_mut().append(name, value);
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Self {
                socket,
                early: VecDeque::new(),
            }),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("the socket does not open: {error}"),
        }
    }

    /// Introduces itself: whether the server takes the payload, or the frame it closes with.
    pub async fn introduce(&mut self, payload: Value) -> Result<(), (u16, String)> {
        self.send(json!({"type": "connection_init", "payload": payload}))
            .await;
        match self.frame().await {
            Message::Text(text) if text.contains("connection_ack") => Ok(()),
            Message::Close(Some(frame)) => Err((frame.code.into(), frame.reason.to_string())),
            other => panic!("unexpected frame {other:?}"),
        }
    }

    /// Opens a socket, introduces itself and starts a subscription with the id `1`. Returns once the server has
    /// answered a ping sent after it, so that events from now on are seen.
    pub async fn start(client: &Client, query: &str, variables: Value) -> Self {
        let mut this = Self::open(&client.base).await;
        this.send(json!({"type": "connection_init", "payload": {"authorization": format!("Bearer {}", client.token)}})).await;
        assert_eq!(this.receive().await["type"], "connection_ack");
        this.subscribe("1", query, variables).await;
        this.send(json!({"type": "ping"})).await;
        let mut early = VecDeque::new();
        loop {
            let message = this.receive().await;
            if message["type"] == "pong" {
                break;
            }
            early.push_back(message);
        }
        this.early = early;
        this
    }

    /// Starts one more operation.
    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        self.send(json!({"id": id, "type": "subscribe", "payload": {"query": query, "variables": variables}})).await;
    }

    /// Sends a message of the protocol.
    pub async fn send(&mut self, message: Value) {
        self.send_text(&message.to_string()).await;
    }

    /// Sends a text frame as it is.
    pub async fn send_text(&mut self, text: &str) {
        self.socket
            .send(Message::text(text))
            .await
            .expect("the frame is sent");
    }

    /// The next message of the protocol.
    pub async fn receive(&mut self) -> Value {
        if let Some(message) = self.early.pop_front() {
            return message;
        }
        loop {
            match self.frame().await {
                Message::Text(text) => {
                    return serde_json::from_str(&text).expect("a frame is JSON");
                }
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("unexpected frame {other:?}"),
            }
        }
    }

    /// The data of the next event, which must have no errors.
    pub async fn event(&mut self) -> Value {
        let mut message = self.receive().await;
        assert_eq!(message["type"], "next", "{message}");
        assert!(message["payload"].get("errors").is_none(), "{message}");
        message["payload"]["data"].take()
    }

    /// The frame the server closes with.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            if let Message::Close(frame) = self.frame().await {
                let CloseFrame { code, reason } = frame.expect("a close has a code");
                return (code.into(), reason.to_string());
            }
        }
    }

    /// Reads until the subscription ends: the code the socket was closed with, or `None` when it ended with an error.
    pub async fn end(&mut self) -> Option<u16> {
        loop {
            match self.frame().await {
                Message::Close(frame) => return frame.map(|frame| frame.code.into()),
                Message::Text(text) if text.contains("UNAUTHENTICATED") => return None,
                _ => {}
            }
        }
    }

    async fn frame(&mut self) -> Message {
        let next = timeout(PATIENCE, self.socket.next())
            .await
            .expect("a frame comes in time");
        next.expect("the socket is open")
            .expect("the frame is readable")
    }
}
