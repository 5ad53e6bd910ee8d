//! `MessageTransition`.

use async_graphql::SimpleObject;
use connector_domain::message::Transition;

use crate::enumeration::MessageState;
use crate::scalar::DateTime;

/// One step in a message's life.
#[derive(SimpleObject)]
pub struct MessageTransition {
    /// State entered.
    state: MessageState,
    /// When, by the server's clock.
    occurred_at: DateTime,
    /// More about the step, where there is more.
    detail: Option<String>,
}

impl From<&Transition> for MessageTransition {
    fn from(step: &Transition) -> Self {
        Self {
            state: step.to.into(),
            occurred_at: step.at.into(),
            detail: step.detail.clone(),
        }
    }
}
