//! What is wrong, for people.

use std::fmt;
use std::time::Duration;

use connector_load::{Kind, Truth};

/// Where a message got lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It is not in the ingress topic.
    Log,
    /// It is in the ingress topic, and the database does not show it.
    Database,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A message that the broker acknowledged has had no effect.
    Lost {
        client_id: String,
        kind: Kind,
        number: u32,
        acknowledged_at: Duration,
        place: Place,
    },
    /// A message has had its effect more than once.
    Twice {
        client_id: String,
        kind: Kind,
        number: u32,
        times: usize,
    },
    /// A message came after a later one.
    Inverted {
        client_id: String,
        place: &'static str,
        number: u32,
        after: u32,
    },
    /// The platform shows something that the device never said.
    NeverSaid { client_id: String, number: u32 },
    /// The platform shows another state than the device has.
    WrongState {
        client_id: String,
        truth: Truth,
        shown: String,
    },
    /// The platform shows an older status than the last one that was acknowledged.
    OldStatus {
        client_id: String,
        acknowledged: u32,
        shown: Option<u32>,
    },
    /// A caller was told something that is not so.
    WrongAnswer {
        client_id: String,
        message_id: String,
        problem: String,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost {
                client_id,
                kind,
                number,
                acknowledged_at,
                place,
            } => {
                let at = acknowledged_at.as_secs_f64();
                let place = match place {
                    Place::Log => "not in the ingress topic",
                    Place::Database => "in the ingress topic and without effect in the database",
                };
                let kind = name(*kind);
                write!(
                    f,
                    "{client_id}: {kind} {number}, acknowledged at {at:.3} s, is {place}"
                )
            }
            Self::Twice {
                client_id,
                kind,
                number,
                times,
            } => write!(
                f,
                "{client_id}: {} {number} took effect {times} times",
                name(*kind)
            ),
            Self::Inverted {
                client_id,
                place,
                number,
                after,
            } => write!(f, "{client_id}: {number} comes after {after} {place}"),
            Self::NeverSaid { client_id, number } => {
                write!(f, "{client_id}: {number} is shown and was never said")
            }
            Self::WrongState {
                client_id,
                truth,
                shown,
            } => write!(f, "{client_id}: is {truth:?} and shown as {shown}"),
            Self::OldStatus {
                client_id,
                acknowledged,
                shown,
            } => write!(
                f,
                "{client_id}: status {acknowledged} is acknowledged, and {} is shown",
                shown.map_or("none".to_owned(), |shown| shown.to_string())
            ),
            Self::WrongAnswer {
                client_id,
                message_id,
                problem,
            } => write!(f, "{client_id}: message {message_id} {problem}"),
        }
    }
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Status => "status",
        Kind::Data => "data",
    }
}
