//! One socket, from its upgrade to its close.

use std::time::Duration;

use async_graphql::Request;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use axum::http::StatusCode;
use connector_domain::caller::Caller;
use connector_schema::RequestId;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout};
use tracing::info;

use super::frame::{Close, Incoming, ack, error, pong};
use super::operations::{Operation, Operations, Said};
use crate::auth::{Admission, AuthError, Credentials, Peer};
use crate::http::callers::{Place, StrangersPlace};
use crate::http::graphql::{Kind, kind_of, request_of};
use crate::http::refusal::Refusal;
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

/// Whoever opened the socket.
pub struct Stranger {
    brought: Credentials,
    peer: Peer,
    _place: StrangersPlace,
}

impl Stranger {
    /// With the credentials of its HTTP request, at an address, in its place among those who have not said who they are.
    pub fn new(brought: Credentials, peer: Peer, place: StrangersPlace) -> Self {
        Self {
            brought,
            peer,
            _place: place,
        }
    }
}

/// The state of one socket.
pub struct Session {
    edge: Edge,
    name: String,
    who: Who,
    /// Resolves when the caller's credentials do not hold any more.
    over: BoxFuture<'static, ()>,
    heard: Instant,
}

/// Whose socket it is.
enum Who {
    Stranger(Stranger),
    Known {
        caller: Caller,
        peer: Peer,
        place: Place,
    },
}

/// Whether the socket stays open.
enum Next {
    Continue,
    Close(Close),
    Gone,
}

impl Session {
    /// A socket that has not introduced itself; `name` is its id in logs.
    pub fn new(edge: Edge, stranger: Stranger, name: String) -> Self {
        Self {
            edge,
            name,
            who: Who::Stranger(stranger),
            over: futures::future::pending().boxed(),
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
                _ = pings.tick() => {
                    if self.is_silent() { Next::Gone } else { ping(&mut socket).await }
                }
                () = sleep_until(started + INIT_PATIENCE), if self.is_strange() => Next::Close(Close::InitTimeout),
                () = &mut self.over => end_of_credentials(),
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

    fn is_strange(&self) -> bool {
        matches!(self.who, Who::Stranger(_))
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
        let Who::Stranger(Stranger { brought, peer, .. }) = &self.who else {
            return Next::Close(Close::InitTwice);
        };
        let peer = *peer;
        let credentials = Credentials::of_payload(payload).or(brought.clone());
        match self
            .edge
            .authenticator
            .authenticate(&credentials, peer)
            .await
        {
            Ok(admission) => self.admit(admission, peer, socket).await,
            Err(AuthError::Unavailable) => Next::Close(Close::TryAgainLater),
            Err(AuthError::Unauthenticated | AuthError::TooManyFailures { .. }) => {
                Next::Close(Close::Forbidden)
            }
        }
    }

    async fn admit(&mut self, admission: Admission, peer: Peer, socket: &mut WebSocket) -> Next {
        let Ok(place) = self.edge.callers.stream(&admission.caller) else {
            return Next::Close(Close::TryAgainLater);
        };
        self.over = admission.over().boxed();
        self.who = Who::Known {
            caller: admission.caller,
            peer,
            place,
        };
        send(socket, Message::text(ack())).await
    }

    async fn subscribe(
        &mut self,
        id: String,
        request: &RawValue,
        socket: &mut WebSocket,
        operations: &mut Operations,
    ) -> Next {
        let Who::Known {
            caller,
            peer,
            place,
        } = &self.who
        else {
            return Next::Close(Close::Unauthorized);
        };
        if operations.has(&id) {
            return Next::Close(Close::IdInUse);
        }
        let Ok(request) = request_of(request.get()) else {
            return Next::Close(Close::BadMessage);
        };
        match self.operation(&id, request, (caller, *peer, place), operations.count()) {
            Ok(operation) => {
                operations.start(self.edge.schema.clone(), operation);
                Next::Continue
            }
            Err(refusal) => {
                let errors = refusal.errors(&self.name_of(&id));
                send(socket, Message::text(error(&id, &errors.to_string()))).await
            }
        }
    }

    /// The operation, if its caller may take so much.
    fn operation(
        &self,
        id: &str,
        mut request: Request,
        (caller, peer, place): (&Caller, Peer, &Place),
        live: usize,
    ) -> Result<Operation, Refusal> {
        let Edge {
            options, callers, ..
        } = &self.edge;
        let most = options.max_operations_per_socket;
        if live >= most {
            let problem = format!("more than {most} operations on one socket");
            let status = StatusCode::TOO_MANY_REQUESTS;
            return Err(Refusal::new(status, "RATE_LIMITED", problem));
        }
        callers.request(caller, self.edge.clock.now())?;
        let limits = if kind_of(&mut request) == Some(Kind::Subscription) {
            None
        } else {
            Some((callers.operation(caller)?, options.operation_timeout))
        };
        let name = self.name_of(id);
        let (caller, request_id) = (caller.clone(), RequestId(name.clone()));
        Ok(Operation {
            id: id.to_owned(),
            request: connector_schema::prepare(request, caller, request_id, Some(peer.into())),
            name,
            turns: place.turns().clone(),
            limits,
        })
    }

    fn name_of(&self, id: &str) -> String {
        format!("{}/{id}", self.name)
    }

    fn is_silent(&self) -> bool {
        self.heard.elapsed() > SILENCE
    }
}

fn end_of_credentials() -> Next {
    info!("a socket is closed: its credentials expired or were revoked");
    Next::Close(Close::Forbidden)
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

async fn ping(socket: &mut WebSocket) -> Next {
    send(socket, Message::Ping(Vec::new().into())).await
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
