//! Identifiers. Each is a newtype parsed at the edge, so an invalid one cannot exist further in.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidId {
    /// Nothing between the quotes.
    #[error("{kind} is empty")]
    Empty {
        /// Which identifier was asked for, e.g. `client id`.
        kind: &'static str,
    },
    /// Longer than any real one.
    #[error("{kind} is longer than {limit} bytes")]
    TooLong {
        /// Which identifier was asked for.
        kind: &'static str,
        /// Most bytes allowed.
        limit: usize,
    },
    /// A character that would change the meaning of a topic, a header or a line of a log.
    #[error("{kind} holds the forbidden character {found:?}")]
    Forbidden {
        /// Which identifier was asked for.
        kind: &'static str,
        /// The character.
        found: char,
    },
}

fn check(
    kind: &'static str,
    text: &str,
    limit: usize,
    forbidden: fn(char) -> bool,
) -> Result<(), InvalidId> {
    if text.is_empty() {
        return Err(InvalidId::Empty { kind });
    }
    if text.len() > limit {
        return Err(InvalidId::TooLong { kind, limit });
    }
    match text.chars().find(|c| c.is_control() || forbidden(*c)) {
        Some(found) => Err(InvalidId::Forbidden { kind, found }),
        None => Ok(()),
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $limit:literal, $forbidden:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Parses and validates.
            pub fn parse(text: impl Into<String>) -> Result<Self, InvalidId> {
                let text = text.into();
                check($kind, &text, $limit, $forbidden)?;
                Ok(Self(text))
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

text_id!(
    /// A device: the common name of its certificate, its MQTT client id and one level of its topics.
    ///
    /// At most 255 bytes; never empty; no `+`, `#`, `/` nor control character, which would change the meaning
    /// of a topic (MQTT 5, section 4.7.1).
    ClientId,
    "client id",
    255,
    |c| matches!(c, '+' | '#' | '/')
);
text_id!(
    /// An organisation: the unit of tenancy. At most 64 bytes.
    OrgId,
    "organisation id",
    64,
    |_| false
);
text_id!(
    /// A legacy account (EBS) number. At most 64 bytes.
    AccountNumber,
    "account number",
    64,
    |_| false
);
text_id!(
    /// Name of a service or user that calls the API, as `viewer.name` shows it. At most 255 bytes.
    CallerName,
    "caller name",
    255,
    |_| false
);

/// Namespace of the ids we derive for messages from devices.
const ARRIVAL_NAMESPACE: Uuid = Uuid::from_u128(0x7a1c_64f5_0c53_4f0e_9d2b_6b6e_0a4b_3c11);

/// Our id of a message. Towards a device it is also `message_id` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(Uuid);

impl MessageId {
    /// The id of a message from a device: a version 5 UUID of its client id and the time we received it, so that
    /// a replay gives the same id. The agent's own `message_id` need be neither a UUID nor unique.
    pub fn of_arrival(client_id: &ClientId, received: crate::stamp::Stamp) -> Self {
        let name = format!("{client_id}/{}", received.as_nanos());
        Self(Uuid::new_v5(&ARRIVAL_NAMESPACE, name.as_bytes()))
    }

    /// The UUID itself.
    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl From<Uuid> for MessageId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Names an entry of the audit trail, in log lines too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AuditId(Uuid);

impl AuditId {
    /// The UUID itself.
    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl From<Uuid> for AuditId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl fmt::Display for AuditId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What names one message everywhere: message ids are unique per device only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MessageKey {
    /// The device it went to or came from.
    pub client_id: ClientId,
    /// Our id of it.
    pub message_id: MessageId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_ids_that_would_change_a_topic_are_refused() {
        for text in ["", "a/b", "+", "#", "a\0b", "a\nb"] {
            assert!(ClientId::parse(text).is_err(), "{text:?}");
        }
        assert!(ClientId::parse("x".repeat(256)).is_err());
        assert_eq!(
            ClientId::parse("host-1").map(|id| id.to_string()),
            Ok("host-1".to_owned())
        );
    }

    #[test]
    fn an_arrival_has_the_same_id_on_replay() {
        let client_id = ClientId::parse("host-1").expect("valid");
        let stamp = crate::stamp::Stamp::from_nanos(7);
        assert_eq!(
            MessageId::of_arrival(&client_id, stamp),
            MessageId::of_arrival(&client_id, stamp)
        );
    }
}
