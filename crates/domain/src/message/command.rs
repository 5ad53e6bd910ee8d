//! Commands that agents understand.

use serde::{Deserialize, Serialize};

use crate::connection::enum_text;

/// Which command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CommandName {
    /// Answer with a pong event.
    Ping,
    /// Drop the link and connect again after a delay.
    Reconnect,
    /// Drop the link and stay away.
    Disconnect,
}

enum_text!(CommandName { Ping => "PING", Reconnect => "RECONNECT", Disconnect => "DISCONNECT" });

impl CommandName {
    /// The spelling on the wire.
    pub fn wire(self) -> &'static str {
        match self {
            Self::Ping => "ping",
            Self::Reconnect => "reconnect",
            Self::Disconnect => "disconnect",
        }
    }
}

/// A command with its arguments. Stored as the JSON content of its message, so that it can be sent again as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// Answer with a pong event.
    Ping,
    /// Drop the link and connect again.
    Reconnect {
        /// Seconds to stay away.
        delay_seconds: u32,
        /// Why, for the device's log.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        reason: Option<String>,
    },
    /// Drop the link and stay away.
    Disconnect {
        /// Why, for the device's log.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        reason: Option<String>,
    },
}

impl Command {
    /// Which command it is.
    pub fn name(&self) -> CommandName {
        match self {
            Self::Ping => CommandName::Ping,
            Self::Reconnect { .. } => CommandName::Reconnect,
            Self::Disconnect { .. } => CommandName::Disconnect,
        }
    }
}
