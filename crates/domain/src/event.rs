//! Events other parts and other services read from Kafka: CloudEvents 1.0 in JSON, structured mode.

use serde::{Deserialize, Serialize};

use crate::connection::ConnectionChange;
use crate::id::ClientId;
use crate::message::{MessageState, MessageView, Moved, Transition};
use crate::stamp::Stamp;

/// `type` of a change of a connection record.
pub const CONNECTION_CHANGED: &str = "cloud-connector.connection.changed";

/// `type` of a step of a message.
pub const MESSAGE_MOVED: &str = "cloud-connector.message.moved";

/// The envelope (CloudEvents 1.0, section 3). `data` is one of the two below.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudEvent<T> {
    /// Always `1.0`.
    pub specversion: String,
    /// Unique per source; repeats of an event have the same.
    pub id: String,
    /// Which part published it.
    pub source: String,
    /// [`CONNECTION_CHANGED`] or [`MESSAGE_MOVED`].
    pub r#type: String,
    /// The device.
    pub subject: ClientId,
    /// When it happened.
    pub time: Stamp,
    /// Always `application/json`.
    pub datacontenttype: String,
    /// What happened.
    pub data: T,
}

fn event<T>(r#type: &str, id: String, subject: ClientId, time: Stamp, data: T) -> CloudEvent<T> {
    CloudEvent {
        specversion: "1.0".to_owned(),
        id,
        source: "cloud-connector".to_owned(),
        r#type: r#type.to_owned(),
        subject,
        time,
        datacontenttype: "application/json".to_owned(),
        data,
    }
}

/// One step of a message, without its payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageMoved {
    /// Place in the message's own sequence: readers order and drop repeats by it.
    pub seq: i64,
    /// State before.
    pub previous_state: Option<MessageState>,
    /// When.
    pub occurred_at: Stamp,
    /// The message after the step.
    pub message: MessageView,
}

/// The event of a change.
pub fn connection_changed(change: ConnectionChange) -> CloudEvent<ConnectionChange> {
    let subject = change.after.client_id.clone();
    event(
        CONNECTION_CHANGED,
        format!("{subject}/{}", change.version),
        subject,
        change.occurred_at,
        change,
    )
}

/// The event of a step.
pub fn message_moved(moved: &Moved) -> CloudEvent<MessageMoved> {
    let Moved {
        message,
        transition,
    } = moved;
    let Transition { seq, from, at, .. } = transition;
    let data = MessageMoved {
        seq: *seq,
        previous_state: *from,
        occurred_at: *at,
        message: message.view(),
    };
    let id = format!("{}/{}/{seq}", message.client_id, message.message_id);
    event(MESSAGE_MOVED, id, message.client_id.clone(), *at, data)
}
