//! `data`: what a worker sends, often as an answer.

use connector_domain::message::{Arrival, MessageKind, MessageState};
use connector_domain::wire::Envelope;

use super::super::decode::DeviceMessage;
use super::{Meaning, answer};

/// Content of an answer by which an agent says that its worker did not take the message.
const REJECTED: &str = "rejected";

pub(super) fn handle(message: &DeviceMessage<'_>, envelope: Envelope) -> Meaning {
    let rejected = envelope
        .content
        .as_ref()
        .is_some_and(|content| content.is_string(REJECTED));
    let outcome = if rejected {
        MessageState::Rejected
    } else {
        MessageState::Responded
    };
    let answer = answer(&envelope, outcome);
    Meaning::alive().with(Arrival {
        client_id: message.client_id.clone(),
        position: message.position,
        kind: MessageKind::Data,
        wire_message_id: envelope.message_id,
        directive: (!envelope.directive.is_empty()).then_some(envelope.directive),
        metadata: envelope.metadata,
        content: envelope.content,
        device_sent: envelope.sent,
        answer,
    })
}
