//! What other parts of the platform tell the one writer of connection records.

use serde::{Deserialize, Serialize};

use crate::stamp::Stamp;

/// What was learnt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignalKind {
    /// A device that is OFFLINE was heard on another topic.
    Seen,
    /// It was told to drop the link and no longer answers.
    CommandUnanswered,
    /// It did not answer a probe.
    ProbeFailed,
    /// The broker has nobody who takes its messages.
    NoSubscriber,
    /// Nothing was learnt: it is to be looked up again whose it is. Only the writer of the record may act on the answer.
    TenantDue,
}

impl SignalKind {
    /// Value of the header `signal`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::CommandUnanswered => "command-unanswered",
            Self::ProbeFailed => "probe-failed",
            Self::NoSubscriber => "no-subscriber",
            Self::TenantDue => "tenant-due",
        }
    }
}

/// A signal: it applies only while the record still has `version`, and moves no position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signal {
    /// What was learnt.
    pub kind: SignalKind,
    /// Version of the record it was based on.
    pub version: i64,
    /// Stamp of what was seen, or of the record's position; with nothing seen, when the signal was made.
    pub stamp: Stamp,
    /// When the signal was made.
    pub at: Stamp,
}

#[derive(Serialize, Deserialize)]
struct Body {
    version: i64,
    stamp: Stamp,
    at: Stamp,
}

/// Why a record with the header `signal` is not one.
#[derive(Debug, thiserror::Error)]
pub enum InvalidSignal {
    /// A kind we do not know.
    #[error("unknown signal")]
    Unknown,
    /// Not the JSON of a signal.
    #[error("unreadable signal")]
    Body(#[from] serde_json::Error),
}

impl Signal {
    /// Reads a record's header and value.
    pub fn parse(kind: &str, value: &[u8]) -> Result<Self, InvalidSignal> {
        let kind = match kind {
            "seen" => SignalKind::Seen,
            "command-unanswered" => SignalKind::CommandUnanswered,
            "probe-failed" => SignalKind::ProbeFailed,
            "no-subscriber" => SignalKind::NoSubscriber,
            "tenant-due" => SignalKind::TenantDue,
            _ => return Err(InvalidSignal::Unknown),
        };
        let body: Body = serde_json::from_slice(value)?;
        Ok(Self {
            kind,
            version: body.version,
            stamp: body.stamp,
            at: body.at,
        })
    }

    /// The value of its record.
    pub fn to_json(&self) -> String {
        let body = Body {
            version: self.version,
            stamp: self.stamp,
            at: self.at,
        };
        serde_json::to_string(&body).unwrap_or_default()
    }
}
