//! Why a record goes to the dead-letter topic.

use std::error::Error;
use std::fmt;

use connector_domain::port::StoreError;

/// The sort of reason: a label of metrics, so there are few.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// A record with neither the header `topic` nor the header `signal`: nobody we know wrote it.
    NoTopicHeader,
    /// Its MQTT topic is not one that devices publish on, or belongs to the other Kafka topic.
    ForeignTopic,
    /// Its key is not the client id of its MQTT topic, so it may stand outside its device's order.
    ForeignKey,
    /// The payload is no envelope.
    UnreadableEnvelope,
    /// A connection-status without a usable content.
    UnreadableStatus,
    /// An envelope of a type that this channel does not have.
    UnknownType,
    /// A signal that is none.
    UnreadableSignal,
    /// Its device is blocked.
    Blocked,
    /// The log will never take it.
    TooLarge,
    /// The database will never take it.
    Refused,
}

impl Reason {
    /// Every reason.
    pub(crate) const ALL: [Self; 10] = [
        Self::NoTopicHeader,
        Self::ForeignTopic,
        Self::ForeignKey,
        Self::UnreadableEnvelope,
        Self::UnreadableStatus,
        Self::UnknownType,
        Self::UnreadableSignal,
        Self::Blocked,
        Self::TooLarge,
        Self::Refused,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::NoTopicHeader => "no topic header",
            Self::ForeignTopic => "foreign topic",
            Self::ForeignKey => "foreign key",
            Self::UnreadableEnvelope => "unreadable envelope",
            Self::UnreadableStatus => "unreadable connection-status",
            Self::UnknownType => "unknown type",
            Self::UnreadableSignal => "unreadable signal",
            Self::Blocked => "blocked device",
            Self::TooLarge => "too large",
            Self::Refused => "refused by the database",
        }
    }
}

/// A reason with what is to be known about this case. The detail may quote what a device sent: it belongs in the dead
/// letter, not in logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rejection {
    pub(crate) reason: Reason,
    pub(crate) detail: String,
}

impl Rejection {
    pub(crate) fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self {
            reason,
            detail: detail.into(),
        }
    }

    /// The database will never take it.
    pub(crate) fn refused(error: &StoreError) -> Self {
        Self::new(Reason::Refused, chain(error))
    }
}

/// An error with everything that caused it, on one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.detail.is_empty() {
            f.write_str(self.reason.as_str())
        } else {
            write!(f, "{}: {}", self.reason.as_str(), self.detail)
        }
    }
}
