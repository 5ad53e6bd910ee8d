//! What a device's message means: one file per sort of message. Pure; the second and third of the four steps.
//!
//! The rule for signs of life: any message of a device proves that it lives, except an offline, a connection-status
//! whose state cannot be read, and bytes that are no envelope and may be a damaged will ([`unreadable`]). A will is
//! published by the broker when the device is gone, and nothing but its content tells it from the device's own words.

mod connection_status;
mod data;
mod event;
mod unknown;
mod unreadable;

use connector_domain::connection::DeviceInput;
use connector_domain::id::MessageId;
use connector_domain::message::{Answer, Arrival, MessageState};
use connector_domain::wire::{Channel, Envelope, WireKind};
use uuid::Uuid;

use super::decode::DeviceMessage;
use crate::rejection::Rejection;

/// What one message means. Any of the three may be there beside the others: a message of an unknown type is a
/// rejection and a sign of life.
#[derive(Debug, Default)]
pub(super) struct Meaning {
    /// For the record of its device.
    pub(super) input: Option<DeviceInput>,
    /// To be stored as a message.
    pub(super) arrival: Option<Arrival>,
    /// To be set aside.
    pub(super) rejection: Option<Rejection>,
}

impl Meaning {
    fn of(input: DeviceInput) -> Self {
        Self {
            input: Some(input),
            ..Self::default()
        }
    }

    fn alive() -> Self {
        Self::of(DeviceInput::SignOfLife)
    }

    fn with(self, arrival: Arrival) -> Self {
        Self {
            arrival: Some(arrival),
            ..self
        }
    }

    fn rejected(self, rejection: Rejection) -> Self {
        Self {
            rejection: Some(rejection),
            ..self
        }
    }
}

/// Hands a message to the handler of its sort. An empty one is what agents publish when they connect: a sign of life.
pub(super) fn dispatch(message: &DeviceMessage<'_>) -> Meaning {
    if message.payload.is_empty() {
        return Meaning::alive();
    }
    let envelope = match Envelope::parse(message.payload) {
        Ok(envelope) => envelope,
        Err(error) => return unreadable::handle(message.payload, &error),
    };
    match (message.channel, &envelope.kind) {
        (Channel::Control, WireKind::ConnectionStatus) => {
            connection_status::handle(message, envelope)
        }
        (Channel::Control, WireKind::Event) => event::handle(message, envelope),
        (Channel::Data, WireKind::Data) => data::handle(message, envelope),
        _ => unknown::handle(message.channel, &envelope.kind),
    }
}

/// What an envelope answers: nothing, where `response_to` is not a UUID and so none of our ids.
fn answer(envelope: &Envelope, outcome: MessageState) -> Option<Answer> {
    let response_to = Uuid::parse_str(&envelope.response_to).ok()?;
    Some(Answer {
        response_to: MessageId::from(response_to),
        outcome,
    })
}
