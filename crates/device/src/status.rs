//! The connection-status messages of a simulated device.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::identity::Profile;

#[allow(
    clippy::disallowed_methods,
    reason = "a device has a clock and ids of its own"
)]
pub(crate) fn now_and_id() -> (String, Uuid) {
    let now: DateTime<Utc> = Utc::now();
    (
        now.to_rfc3339_opts(SecondsFormat::Nanos, true),
        Uuid::new_v4(),
    )
}

fn status(content: &Value) -> Vec<u8> {
    let (sent, message_id) = now_and_id();
    json!({
        "type": "connection-status",
        "message_id": message_id,
        "response_to": "",
        "version": 1,
        "sent": sent,
        "content": content,
    })
    .to_string()
    .into_bytes()
}

/// The device is there.
pub(crate) fn online(profile: &Profile) -> Vec<u8> {
    status(&json!({
        "state": "online",
        "canonical_facts": profile.facts,
        "dispatchers": profile.dispatchers,
        "tags": profile.tags,
        "client_name": profile.client_name,
        "client_version": profile.client_version,
    }))
}

/// The device says goodbye itself: its facts are there.
pub(crate) fn offline(profile: &Profile) -> Vec<u8> {
    status(&json!({"state": "offline", "canonical_facts": profile.facts}))
}

/// What the broker says when the link drops: nothing is known but the state.
pub(crate) fn last_will() -> Vec<u8> {
    status(&json!({"state": "offline", "canonical_facts": null, "dispatchers": null}))
}
