//! An envelope of a type that its channel does not have: newer than us, or on the wrong channel.

use connector_domain::wire::{Channel, WireKind};

use super::Meaning;
use crate::rejection::{Reason, Rejection};

/// The device lives, unless it is a connection-status, which a will may be on any channel.
pub(super) fn handle(channel: Channel, kind: &WireKind) -> Meaning {
    let name = match kind {
        WireKind::ConnectionStatus => "connection-status",
        WireKind::Event => "event",
        WireKind::Data => "data",
        WireKind::Unknown(name) => name,
    };
    let detail = format!("{name} on the {} channel", channel.as_str());
    let rejection = Rejection::new(Reason::UnknownType, detail);
    match kind {
        WireKind::ConnectionStatus => Meaning::default().rejected(rejection),
        _ => Meaning::alive().rejected(rejection),
    }
}
