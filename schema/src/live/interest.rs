//! What a subscriber wants. Subscribers that want the same, in the same scope, form a group.

use std::collections::BTreeSet;

use connector_domain::connection::{ConnectionChange, ConnectionFilter};
use connector_domain::message::{MessageDirection, MessageFilter, MessageView};
use connector_domain::scope::Scope;

use super::event::{Event, MessageMoved};
use super::sight::sight;
use crate::enumeration::ConnectionChangeKind;

/// Which events.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Interest {
    /// Changes of devices that pass before or after; of these kinds where some are named.
    Connections {
        filter: Box<ConnectionFilter>,
        kinds: Option<BTreeSet<ConnectionChangeKind>>,
    },
    /// Steps of messages to devices that pass before or after.
    MessageStates(MessageFilter),
    /// Arrivals of messages from devices that pass.
    Arrivals(MessageFilter),
}

impl Interest {
    /// Whether an event is wanted. What the scope does not see cannot make it so.
    pub fn accepts(&self, scope: &Scope, event: &Event) -> bool {
        match (self, event) {
            (Self::Connections { filter, kinds }, Event::Connection(change)) => {
                wants_change(filter, kinds.as_ref(), scope, change)
            }
            (Self::MessageStates(filter), Event::Message(moved)) => {
                moved.message.direction == MessageDirection::ToDevice
                    && scope.sees(moved.message.org_id.as_ref())
                    && (filter.matches(&moved.message) || passed_before(filter, moved))
            }
            (Self::Arrivals(filter), Event::Message(moved)) => {
                moved.message.direction == MessageDirection::FromDevice
                    && moved.previous_state.is_none()
                    && scope.sees(moved.message.org_id.as_ref())
                    && filter.matches(&moved.message)
            }
            _ => false,
        }
    }

    /// Which subscription it is, in metrics.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Connections { .. } => "connections",
            Self::MessageStates(_) => "message-states",
            Self::Arrivals(_) => "arrivals",
        }
    }
}

fn wants_change(
    filter: &ConnectionFilter,
    kinds: Option<&BTreeSet<ConnectionChangeKind>>,
    scope: &Scope,
    change: &ConnectionChange,
) -> bool {
    sight(scope, change).is_some_and(|sight| {
        kinds.is_none_or(|kinds| kinds.contains(&sight.kind))
            && [sight.before, sight.after]
                .into_iter()
                .flatten()
                .any(|view| filter.matches(view))
    })
}

fn passed_before(filter: &MessageFilter, moved: &MessageMoved) -> bool {
    moved.previous_state.is_some_and(|state| {
        filter.matches(&MessageView {
            state,
            ..moved.message.clone()
        })
    })
}
