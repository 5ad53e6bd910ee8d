//! One connection to the broker, over either version of MQTT. The only place that knows that there are two.

mod v311;
mod v5;

use std::time::Duration;

use bytes::Bytes;
use connector_domain::port::PublishOutcome;

use super::hand_off;
use super::settings::{Endpoint, Protocol};

/// What a connection is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// A session that outlives connections; deliveries are acknowledged by hand.
    Receive {
        /// Most unacknowledged deliveries; told to the broker where the protocol can.
        receive_maximum: u16,
        /// How long the broker keeps the session; told where the protocol can.
        session_expiry: Duration,
    },
    /// A new session each time; nothing is received.
    Send {
        /// Most unacknowledged publishes.
        in_flight: u16,
    },
}

/// What happened on a connection.
#[derive(Debug)]
pub(super) enum Event {
    /// It is established.
    Connected(Welcome),
    /// The broker delivered a publish; packet id 0 is `QoS` 0.
    Delivered {
        topic: String,
        payload: Bytes,
        packet_id: u16,
        /// It is not new: the broker kept it from before we subscribed.
        retained: bool,
        /// It may be a delivery that came before on this connection, sent again.
        repeated: bool,
    },
    /// The broker answered our subscriptions: the error says why it does not take one of them.
    Subscribed(Result<(), String>),
    /// The next publish in the order they were given was written, under this packet id.
    Sent(u16),
    /// The broker answered a publish.
    Answered(u16, PublishOutcome),
    /// The next acknowledgement in the order they were given was written.
    Acknowledged,
    /// A keep-alive went out.
    Alive,
    /// Our DISCONNECT was written.
    Left,
    /// Nothing of interest.
    Other,
}

/// What the broker said when it let us in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Welcome {
    /// It kept our session.
    pub(super) session_present: bool,
    /// Most unacknowledged publishes it takes.
    pub(super) receive_maximum: Option<u16>,
    /// Largest packet it takes, in bytes.
    pub(super) max_packet: Option<u32>,
    /// Keep-alive it wants instead of ours.
    pub(super) keep_alive: Option<Duration>,
}

/// Why a connection ended, or was not established.
#[derive(Debug, thiserror::Error)]
pub(super) enum Lost {
    /// Waiting does not cure it.
    #[error("the broker refuses: {0}")]
    Refused(String),
    /// Another connection uses our client id.
    #[error("another connection uses our client id")]
    TakenOver,
    /// It broke, or the broker is away.
    #[error("{0}")]
    Broken(String),
    /// We left.
    #[error("we left")]
    Left,
}

/// Why a request was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotTaken;

/// Makes requests of a connection without waiting. Cheap to clone; without effect once the connection is gone.
#[derive(Clone)]
pub(super) enum Handle {
    V5(rumqttc::v5::AsyncClient),
    V311(rumqttc::AsyncClient),
}

impl Handle {
    /// Publishes, `QoS` 1, not retained.
    pub(super) fn publish(&self, topic: &str, payload: Bytes) -> Result<(), NotTaken> {
        match self {
            Self::V5(client) => v5::publish(client, topic, payload),
            Self::V311(client) => v311::publish(client, topic, payload),
        }
    }

    /// Acknowledges a delivery. [`Event::Acknowledged`] tells that it is written; no more than [`ACKNOWLEDGEMENTS`] may
    /// wait for that.
    pub(super) fn acknowledge(&self, packet_id: u16) -> Result<(), NotTaken> {
        match self {
            Self::V5(client) => v5::acknowledge(client, packet_id),
            Self::V311(client) => v311::acknowledge(client, packet_id),
        }
    }

    /// Subscribes, `QoS` 1.
    pub(super) fn subscribe(&self, filters: &[String]) -> Result<(), NotTaken> {
        match self {
            Self::V5(client) => v5::subscribe(client, filters),
            Self::V311(client) => v311::subscribe(client, filters),
        }
    }

    /// Leaves, after what was asked before.
    pub(super) fn disconnect(&self) -> Result<(), NotTaken> {
        match self {
            Self::V5(client) => client.try_disconnect().map_err(|_| NotTaken),
            Self::V311(client) => client.try_disconnect().map_err(|_| NotTaken),
        }
    }
}

/// A connection, established by the first [`poll`](Self::poll). When that fails it is of no more use.
pub(super) enum Connection {
    V5(Box<rumqttc::v5::EventLoop>),
    V311(Box<rumqttc::EventLoop>),
}

impl Connection {
    pub(super) fn new(endpoint: &Endpoint, purpose: Purpose) -> (Handle, Self) {
        match endpoint.settings.protocol {
            Protocol::V5 => {
                let (client, event_loop) = v5::open(endpoint, purpose);
                (Handle::V5(client), Self::V5(Box::new(event_loop)))
            }
            Protocol::V311 => {
                let (client, event_loop) = v311::open(endpoint, purpose);
                (Handle::V311(client), Self::V311(Box::new(event_loop)))
            }
        }
    }

    /// The next event. Keep-alives, acknowledgements and publishes go out only while this is polled. Not safe to
    /// cancel, save to end the connection.
    pub(super) async fn poll(&mut self) -> Result<Event, Lost> {
        match self {
            Self::V5(event_loop) => v5::poll(event_loop).await,
            Self::V311(event_loop) => v311::poll(event_loop).await,
        }
    }
}

/// Most acknowledgements that a connection may be asked for and not have written: of all that may be taken at a time, so that
/// leaving finds them asked for.
pub(super) const ACKNOWLEDGEMENTS: u16 = hand_off::MOST;

/// Requests that may wait for a connection: every publish, or acknowledgement, and a few others. It cannot fill up.
fn request_capacity(purpose: Purpose) -> usize {
    let most = match purpose {
        Purpose::Receive { .. } => ACKNOWLEDGEMENTS,
        Purpose::Send { in_flight } => in_flight,
    };
    usize::from(most) + 8
}
