//! `event`: something a device reports of itself, e.g. the pong that answers a ping.

use connector_domain::message::{Arrival, MessageKind, MessageState};
use connector_domain::wire::Envelope;

use super::super::decode::DeviceMessage;
use super::{Meaning, answer};

pub(super) fn handle(message: &DeviceMessage<'_>, envelope: Envelope) -> Meaning {
    let answer = answer(&envelope, MessageState::Responded);
    Meaning::alive().with(Arrival {
        client_id: message.client_id.clone(),
        position: message.position,
        kind: MessageKind::Event,
        wire_message_id: envelope.message_id,
        directive: None,
        metadata: envelope.metadata,
        content: envelope.content,
        device_sent: envelope.sent,
        answer,
    })
}
