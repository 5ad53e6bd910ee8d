//! The states of a message and the steps between them.

use serde::{Deserialize, Serialize};

use super::record::Message;
use crate::connection::enum_text;
use crate::stamp::Stamp;

/// How far a message got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MessageState {
    /// Stored; waiting for its device, or for its turn.
    Queued,
    /// The broker acknowledged it.
    Published,
    /// Handed to the broker, not confirmed in time; not sent again.
    Unconfirmed,
    /// The device answered. Final.
    Responded,
    /// The device answered `rejected`. Final.
    Rejected,
    /// Its time ran out before it was published. Final.
    Expired,
    /// Cancelled before it was published. Final.
    Cancelled,
    /// It could not be published, or nobody was there to take it. Final.
    Failed,
}

enum_text!(MessageState {
    Queued => "QUEUED",
    Published => "PUBLISHED",
    Unconfirmed => "UNCONFIRMED",
    Responded => "RESPONDED",
    Rejected => "REJECTED",
    Expired => "EXPIRED",
    Cancelled => "CANCELLED",
    Failed => "FAILED",
});

impl MessageState {
    /// Whether nothing moves it on.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Published | Self::Unconfirmed)
    }

    /// Whether a step from here to `to` exists. An answer may overtake the broker's acknowledgement, and a late
    /// acknowledgement or answer moves UNCONFIRMED on.
    pub fn may_become(self, to: Self) -> bool {
        match self {
            Self::Queued => to != Self::Queued,
            Self::Published => matches!(to, Self::Responded | Self::Rejected),
            Self::Unconfirmed => matches!(
                to,
                Self::Published | Self::Responded | Self::Rejected | Self::Failed
            ),
            Self::Responded | Self::Rejected | Self::Expired | Self::Cancelled | Self::Failed => {
                false
            }
        }
    }
}

/// Why a message FAILED.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageFailure {
    /// Stable code, e.g. `BROKER_UNAVAILABLE`.
    pub code: String,
    /// For people.
    pub message: String,
}

/// One step asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// State to enter.
    pub to: MessageState,
    /// When.
    pub at: Stamp,
    /// More about it, where there is more.
    pub detail: Option<String>,
    /// Why, when `to` is FAILED.
    pub failure: Option<MessageFailure>,
}

impl Step {
    /// A step with nothing more to say.
    pub fn to(to: MessageState, at: Stamp) -> Self {
        Self {
            to,
            at,
            detail: None,
            failure: None,
        }
    }

    /// A step to FAILED.
    pub fn failed(code: &str, message: impl Into<String>, at: Stamp) -> Self {
        let failure = MessageFailure {
            code: code.to_owned(),
            message: message.into(),
        };
        Self {
            to: MessageState::Failed,
            at,
            detail: None,
            failure: Some(failure),
        }
    }
}

/// One step taken: a row of the delivery timeline and one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// Place in the message's own sequence, from 1.
    pub seq: i64,
    /// State before; `None` when it was just accepted or received.
    pub from: Option<MessageState>,
    /// State entered.
    pub to: MessageState,
    /// When.
    pub at: Stamp,
    /// More about it.
    pub detail: Option<String>,
}

/// A message with the step that moved it, to be told to everyone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The message after the step.
    pub message: Message,
    /// The step.
    pub transition: Transition,
}

/// A step that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a message that is {} cannot become {}", from.as_str(), to.as_str())]
pub struct InvalidTransition {
    /// Where it is.
    pub from: MessageState,
    /// Where it was to go.
    pub to: MessageState,
}

impl Message {
    /// Takes a step, or says that there is none.
    pub fn step(mut self, step: Step) -> Result<Moved, InvalidTransition> {
        let from = self.state;
        if !from.may_become(step.to) {
            return Err(InvalidTransition { from, to: step.to });
        }
        self.state = step.to;
        self.seq += 1;
        self.failure = step.failure;
        let transition = Transition {
            seq: self.seq,
            from: Some(from),
            to: step.to,
            at: step.at,
            detail: step.detail,
        };
        Ok(Moved {
            message: self,
            transition,
        })
    }

    /// A step it took earlier, with the message as that step left it: what is told when telling it was missed.
    pub fn moved_by(self, transition: Transition) -> Moved {
        let failure = self
            .failure
            .filter(|_| transition.to == MessageState::Failed);
        Moved {
            message: Self {
                state: transition.to,
                seq: transition.seq,
                failure,
                ..self
            },
            transition,
        }
    }

    /// The first entry of its timeline.
    pub fn first_transition(&self) -> Transition {
        Transition {
            seq: 1,
            from: None,
            to: self.state,
            at: self.created_at,
            detail: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_a_final_state() {
        let all = [
            MessageState::Queued,
            MessageState::Published,
            MessageState::Unconfirmed,
            MessageState::Responded,
            MessageState::Rejected,
            MessageState::Expired,
            MessageState::Cancelled,
            MessageState::Failed,
        ];
        for from in all.into_iter().filter(|state| state.is_final()) {
            assert!(all.into_iter().all(|to| !from.may_become(to)));
        }
        assert!(MessageState::Unconfirmed.may_become(MessageState::Published));
        assert!(!MessageState::Published.may_become(MessageState::Expired));
    }
}
