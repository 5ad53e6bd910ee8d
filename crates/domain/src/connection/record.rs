//! One row per device, kept while it is offline.

use serde::{Deserialize, Serialize};

use super::status::Details;
use super::view::ConnectionView;
use crate::id::ClientId;
use crate::limits;
use crate::stamp::{Position, Stamp};
use crate::tenant::{Tenant, TenantDoubts};

/// Whether a device is connected, as far as anybody has told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConnectionState {
    /// It said so or was heard from since.
    Online,
    /// It said so, its link dropped, or it does not answer.
    Offline,
}

/// What made the state what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConnectionStateReason {
    /// The device's own connection-status message.
    Reported,
    /// Its last will, published by the broker.
    LinkLost,
    /// It was told to drop the link and no longer answers.
    Command,
    /// Another message arrived after it was thought gone.
    Seen,
    /// No answer to a probe.
    TimedOut,
}

macro_rules! enum_text {
    ($name:ident { $($variant:ident => $text:literal),+ $(,)? }) => {
        impl $name {
            /// The spelling in the database, in events and in the API.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Reads [`Self::as_str`] back.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use enum_text;

enum_text!(ConnectionState { Online => "ONLINE", Offline => "OFFLINE" });
enum_text!(ConnectionStateReason {
    Reported => "REPORTED",
    LinkLost => "LINK_LOST",
    Command => "COMMAND",
    Seen => "SEEN",
    TimedOut => "TIMED_OUT",
});

/// The whole record. Also the value of the compacted topic `connection-state`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// The device.
    pub client_id: ClientId,
    /// Whose it is.
    pub tenant: Tenant,
    /// Answers of late that it is nobody's. Nobody sees them, so that they make no version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant_doubts: Option<TenantDoubts>,
    /// Connected or not.
    pub state: ConnectionState,
    /// Why.
    pub reason: ConnectionStateReason,
    /// When `state` last changed.
    pub state_changed_at: Stamp,
    /// When the device itself was last heard from.
    pub last_seen_at: Stamp,
    /// When the record was made.
    pub first_seen_at: Stamp,
    /// Grows by one with every change that anybody can see; from 1.
    pub version: i64,
    /// The newest control record that counted: one not above it is a replay.
    pub position: Position,
    /// Newest message ids of its online messages, oldest first, at most [`limits::RECENT_IDS`].
    pub recent_ids: Vec<String>,
    /// What its last online message said; `None` while it has only ever been offline.
    pub details: Option<Details>,
    /// Several hosts seem to share its certificate. Decided by a later part; always false for now.
    pub shared_identity_suspected: bool,
}

impl Connection {
    /// What filters and events look at.
    pub fn view(&self) -> ConnectionView {
        ConnectionView::of(self)
    }

    /// Whether it is to be looked up again whose it is: nobody's so far, or somebody's in doubt.
    pub fn waits_for_tenant(&self) -> bool {
        self.tenant.account().is_none() || self.tenant_doubts.is_some()
    }

    /// Whether it is a later form of the record `stored` is: by position, since a device whose record and history were
    /// purged begins again with version 1, then by version, since signals move no position.
    pub fn supersedes(&self, stored: &Self) -> bool {
        let by_position = self.position.cmp(&stored.position);
        by_position.then(self.version.cmp(&stored.version)).is_gt()
    }

    /// The same, where its history knows a later version: that one, so that the next is none that was given before.
    #[must_use]
    pub fn no_earlier_than(self, last_version: i64) -> Self {
        Self {
            version: self.version.max(last_version),
            ..self
        }
    }

    /// Whether an online message with this id was applied before. Empty ids are never duplicates.
    pub(super) fn knows(&self, message_id: &str) -> bool {
        !message_id.is_empty() && self.recent_ids.iter().any(|known| known == message_id)
    }

    pub(super) fn remember(&mut self, message_id: &str) {
        if message_id.is_empty() {
            return;
        }
        self.recent_ids.push(message_id.to_owned());
        let excess = self.recent_ids.len().saturating_sub(limits::RECENT_IDS);
        self.recent_ids.drain(..excess);
    }
}
