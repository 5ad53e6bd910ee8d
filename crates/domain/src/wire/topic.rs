//! MQTT topics: `<prefix>/<client id>/{control,data}/{in,out}`.

use serde::{Deserialize, Serialize};

use crate::id::{ClientId, InvalidId};

/// Which of a device's two conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// Status, events and commands.
    Control,
    /// Messages to and from workers.
    Data,
}

impl Channel {
    /// The level of the topic.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Control => "control",
            Self::Data => "data",
        }
    }
}

/// Why a topic is not one that a device publishes on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTopic {
    /// Not `<prefix>/<client id>/{control,data}/out`.
    #[error("topic is not one that devices publish on")]
    Shape,
    /// The client id is not one.
    #[error(transparent)]
    ClientId(#[from] InvalidId),
    /// A prefix that is empty, has an empty level or a wildcard.
    #[error("topic prefix {0:?} is empty, has an empty level or holds a wildcard")]
    Prefix(String),
}

/// The levels before the client id, `redhat/insights` by default; may itself hold a `/`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TopicPrefix(String);

impl TopicPrefix {
    /// Parses and validates.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidTopic> {
        let text = text.into();
        let valid = !text.starts_with('$')
            && text
                .split('/')
                .all(|level| !level.is_empty() && !level.contains(['+', '#', '\0']));
        if valid {
            Ok(Self(text))
        } else {
            Err(InvalidTopic::Prefix(text))
        }
    }

    /// The prefix as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The topic a device listens on.
    pub fn to_device(&self, client_id: &ClientId, channel: Channel) -> String {
        format!("{}/{client_id}/{}/in", self.0, channel.as_str())
    }

    /// The topic a device publishes on.
    pub fn from_device(&self, client_id: &ClientId, channel: Channel) -> String {
        format!("{}/{client_id}/{}/out", self.0, channel.as_str())
    }

    /// The filter that every device's publishes on a channel match.
    pub fn every_device(&self, channel: Channel) -> String {
        format!("{}/+/{}/out", self.0, channel.as_str())
    }

    /// Reads a topic that a device published on.
    pub fn parse_from_device(&self, topic: &str) -> Result<(ClientId, Channel), InvalidTopic> {
        let rest = topic
            .strip_prefix(self.as_str())
            .and_then(|rest| rest.strip_prefix('/'))
            .ok_or(InvalidTopic::Shape)?;
        let mut levels = rest.split('/');
        let (Some(client_id), Some(channel), Some("out"), None) =
            (levels.next(), levels.next(), levels.next(), levels.next())
        else {
            return Err(InvalidTopic::Shape);
        };
        let channel = match channel {
            "control" => Channel::Control,
            "data" => Channel::Data,
            _ => return Err(InvalidTopic::Shape),
        };
        Ok((ClientId::parse(client_id)?, channel))
    }
}

impl TryFrom<String> for TopicPrefix {
    type Error = InvalidTopic;

    fn try_from(text: String) -> Result<Self, InvalidTopic> {
        Self::parse(text)
    }
}

impl From<TopicPrefix> for String {
    fn from(prefix: TopicPrefix) -> Self {
        prefix.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_topics_that_devices_publish_on_are_read() {
        let prefix = TopicPrefix::parse("redhat/insights").expect("valid");
        let (client_id, channel) = prefix
            .parse_from_device("redhat/insights/host-1/data/out")
            .expect("valid");
        assert_eq!((client_id.as_str(), channel), ("host-1", Channel::Data));
        for topic in [
            "redhat/insights/host-1/data/in",
            "redhat/insights/host-1/data/out/x",
            "redhat/insights//control/out",
            "redhat/insights/host-1/other/out",
            "redhat/insightshost-1/data/out",
            "else/insights/host-1/data/out",
            "",
        ] {
            assert!(prefix.parse_from_device(topic).is_err(), "{topic}");
        }
    }

    #[test]
    fn a_prefix_with_wildcards_or_empty_levels_is_refused() {
        for text in ["", "/a", "a/", "a//b", "+", "a/#", "$SYS"] {
            assert!(TopicPrefix::parse(text).is_err(), "{text}");
        }
    }
}
