//! The timelines of messages, and what of them is still to be told.

use connector_domain::id::MessageKey;
use connector_domain::message::{InvalidTransition, Moved, Step, Transition};

use crate::store::{StoredMessage, Tables, TimelineRow};

impl StoredMessage {
    /// Takes a step, or says that there is none.
    pub(super) fn step(&mut self, step: Step) -> Result<Moved, InvalidTransition> {
        let moved = self.message.clone().step(step)?;
        self.message = moved.message.clone();
        self.timeline
            .push(TimelineRow::untold(moved.transition.clone()));
        Ok(moved)
    }

    /// Steps not told yet, each with the message as it left it.
    pub(super) fn untold(&self) -> impl Iterator<Item = Moved> {
        self.timeline
            .iter()
            .filter(|row| !row.published)
            .map(|row| self.message.clone().moved_by(row.transition.clone()))
    }
}

impl TimelineRow {
    pub(super) fn untold(transition: Transition) -> Self {
        Self {
            transition,
            published: false,
        }
    }
}

impl Tables {
    /// Marks a step as told.
    pub(super) fn mark_told(&mut self, key: &MessageKey, seq: i64) {
        let timeline = self
            .messages
            .get_mut(key)
            .map(|stored| &mut stored.timeline);
        for row in timeline.into_iter().flatten() {
            row.published |= row.transition.seq == seq;
        }
    }
}
