//! One socket, from its upgrade to its close.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use connector_domain::caller::Caller;
use connector_schema::RequestId;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout};
use tracing::debug;

use super::frame::{Close, Incoming, ack, error, pong};
use super::operations::{Operations, Said};
use crate::auth::Credentials;
use crate::http::graphql::request_of;
use crate::http::router::Edge;

/// How long a client may take to send `connection_init`.
const INIT_PATIENCE: Duration = Duration::from_secs(3);
/// How often the client is pinged.
const PING_EVERY: Duration = Duration::from_secs(20);
/// After how long without a sign of the client its socket is dead.
const SILENCE: Duration = Duration::from_mins(1);
/// How long a write may take before the client counts as stalled.
const WRITE_PATIENCE: Duration = Duration::from_secs(10);
/// Results that may wait for the socket.
const OUTBOX: usize = 64;

/// The state of one socket.
pub struct Session {
    edge: Edge,
    brought: Credentials,
    name: String,
    caller: Option<Caller>,
    heard: Instant,
}

/// Whether the socket stays open.
enum Next {
    Continue,
    Close(Close),
    Gone,
}

impl Session {
    /// A socket that has not introduced itself. `brought` are the credentials of its HTTP request, `name` its id.
    pub fn new(edge: Edge, brought: Credentials, name: String) -> Self {
        Self {
            edge,
            brought,
            name,
            caller: None,
            heard: Instant::now(),
        }
    }

    /// Serves the socket until it ends.
    pub async fn run(mut self, mut socket: WebSocket) {
        metrics::gauge!("connector_websockets").increment(1.0);
        let (outbox, mut said) = mpsc::channel(OUTBOX);
        let mut operations = Operations::new(outbox);
        let started = Instant::now();
        let mut pings = interval_at(started + PING_EVERY, PING_EVERY);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let stop = self.edge.stop.clone();
        let end = loop {
            let next = tokio::select! {
                message = socket.recv() => self.hear(message, &mut socket, &mut operations).await,
                Some(said) = said.recv() => say(said, &mut socket, &mut operations).await,
                _ = pings.tick() => self.ping(&mut socket).await,
                () = sleep_until(started + INIT_PATIENCE), if self.caller.is_none() => Next::Close(Close::InitTimeout),
                () = sleep_until(self.expiry()), if self.caller.is_some() => Next::Close(Close::Forbidden),
                () = stop.cancelled() => Next::Close(Close::GoingAway),
            };
            match next {
                Next::Continue => {}
                Next::Close(close) => break Some(close),
                Next::Gone => break None,
            }
        };
        drop(operations);
        if let Some(close) = end {
            say_goodbye(&mut socket, close).await;
        }
        metrics::gauge!("connector_websockets").decrement(1.0);
    }

    /// When the caller's credentials run out.
    fn expiry(&self) -> Instant {
        let far = Duration::from_hours(365 * 24);
        let left = self
            .caller
            .as_ref()
            .and_then(|caller| caller.expires_at)
            .map(|at| at.since(self.edge.clock.now()));
        Instant::now() + left.unwrap_or(far).min(far)
    }

    async fn hear(
        &mut self,
        message: Option<Result<Message, axum::Error>>,
        socket: &mut WebSocket,
        operations: &mut Operations,
    ) -> Next {
        self.heard = Instant::now();
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return Next::Continue,
            Some(Ok(Message::Binary(_))) => return Next::Close(Close::BadMessage),
            // The library answers a close by itself on the next read.
            Some(Ok(Message::Close(_))) => {
                let _ = timeout(WRITE_PATIENCE, socket.recv()).await;
                return Next::Gone;
            }
            Some(Err(_)) | None => return Next::Gone,
        };
        match Incoming::parse(&text) {
            None => Next::Close(Close::BadMessage),
            Some(Incoming::Init(payload)) => self.init(&payload, socket).await,
            Some(Incoming::Ping(payload)) => send(socket, Message::text(pong(payload))).await,
            Some(Incoming::Pong) => Next::Continue,
            Some(Incoming::Complete(id)) => {
                operations.stop(&id);
                Next::Continue
            }
            Some(Incoming::Subscribe(id, request)) => {
                self.subscribe(id, &request, socket, operations).await
            }
        }
    }

    async fn init(&mut self, payload: &Value, socket: &mut WebSocket) -> Next {
        if self.caller.is_some() {
            return Next::Close(Close::InitTwice);
        }
        let credentials = Credentials::of_payload(payload).or(std::mem::take(&mut self.brought));
        match self.edge.authenticator.authenticate(&credentials) {
            Ok(caller) => {
                self.caller = Some(caller);
                send(socket, Message::text(ack())).await
            }
            Err(error) => {
                debug!(%error, "a socket is refused");
                Next::Close(Close::Forbidden)
            }
        }
    }

    async fn subscribe(
        &mut self,
        id: String,
        request: &RawValue,
        socket: &mut WebSocket,
        operations: &mut Operations,
    ) -> Next {
        let Some(caller) = self.caller.clone() else {
            return Next::Close(Close::Unauthorized);
        };
        if operations.has(&id) {
            return Next::Close(Close::IdInUse);
        }
        let most = self.edge.options.max_operations_per_socket;
        if operations.count() >= most {
            let problem = format!("more than {most} operations on one socket");
            return self.refuse(&id, "RATE_LIMITED", &problem, socket).await;
        }
        let Ok(request) = request_of(request.get()) else {
            return Next::Close(Close::BadMessage);
        };
        let request =
            connector_schema::prepare(request, caller, RequestId(format!("{}/{id}", self.name)));
        operations.start(id, self.edge.schema.clone(), request);
        Next::Continue
    }

    async fn refuse(&self, id: &str, code: &str, problem: &str, socket: &mut WebSocket) -> Next {
        let request_id = format!("{}/{id}", self.name);
        let errors =
            json!([{"message": problem, "extensions": {"code": code, "requestId": request_id}}]);
        send(socket, Message::text(error(id, &errors.to_string()))).await
    }

    async fn ping(&self, socket: &mut WebSocket) -> Next {
        if self.heard.elapsed() > SILENCE {
            return Next::Gone;
        }
        send(socket, Message::Ping(Vec::new().into())).await
    }
}

async fn say(said: Said, socket: &mut WebSocket, operations: &mut Operations) -> Next {
    let (Said::Next(frame) | Said::Last(frame)) = &said;
    if !operations.is_live(frame) {
        return Next::Continue;
    }
    if let Said::Last(frame) = &said {
        operations.ended(frame);
    }
    send(socket, Message::text(frame.text.clone())).await
}

/// Writes with a deadline, so that a client that does not read cannot hold the task.
async fn send(socket: &mut WebSocket, message: Message) -> Next {
    match timeout(WRITE_PATIENCE, socket.send(message)).await {
        Ok(Ok(())) => Next::Continue,
        Ok(Err(_)) | Err(_) => Next::Gone,
    }
}

/// Closes with a code and waits for the client's close, so that it sees the code and not a broken connection.
async fn say_goodbye(socket: &mut WebSocket, close: Close) {
    let frame = CloseFrame {
        code: close.code(),
        reason: close.reason().into(),
    };
    if let Next::Continue = send(socket, Message::Close(Some(frame))).await {
        let drained = async { while let Some(Ok(_)) = socket.recv().await {} };
        let _ = timeout(Duration::from_secs(1), drained).await;
    }
}
