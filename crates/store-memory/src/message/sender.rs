//! The writes of whoever sends.

use async_trait::async_trait;
use connector_domain::message::{
    Accepted, InvalidTransition, Message, MessageDirection, Moved, NewMessage, Step,
};
use connector_domain::port::{MessageSender, StoreError};

use crate::store::{MemoryStore, StoredMessage, Tables, TimelineRow};

#[async_trait]
impl MessageSender for MemoryStore {
    async fn accept(&self, new: NewMessage) -> Result<Accepted, StoreError> {
        let mut tables = self.call();
        let message = Message {
            seq: 1,
            ..new.message
        };
        if let Some(earlier) = tables.same_id_in_org(&message) {
            let repeated = earlier.request_hash.as_deref() == Some(new.request_hash.as_str());
            let earlier = earlier.message.clone();
            return Ok(if repeated {
                Accepted::Repeated(earlier)
            } else {
                Accepted::Conflict(Some(earlier))
            });
        }
        // Used for this device by another organisation, or by the device itself.
        if let Some(other) = tables.messages.get(&message.key()) {
            let own = other.message.org_id == message.org_id;
            return Ok(Accepted::Conflict(own.then(|| other.message.clone())));
        }
        let transition = message.first_transition();
        let stored = StoredMessage {
            message: message.clone(),
            timeline: vec![TimelineRow::untold(transition.clone())],
            request_hash: Some(new.request_hash),
            lease_until: Some(new.lease_until),
        };
        tables.messages.insert(message.key(), stored);
        if let Some(entry) = new.audit {
            tables.add_entry(entry);
        }
        Ok(Accepted::Created(Moved {
            message,
            transition,
        }))
    }

    async fn step(
        &self,
        message: &Message,
        step: Step,
    ) -> Result<Result<Moved, InvalidTransition>, StoreError> {
        match self.call().messages.get_mut(&message.key()) {
            Some(stored) if stored.message.org_id == message.org_id => Ok(stored.step(step)),
            _ => Err(StoreError::Refused("there is no such message".into())),
        }
    }

    async fn told(&self, message: &Message, seq: i64) -> Result<(), StoreError> {
        self.call().mark_told(&message.key(), seq);
        Ok(())
    }
}

impl Tables {
    fn same_id_in_org(&self, message: &Message) -> Option<&StoredMessage> {
        self.messages.values().find(|stored| {
            stored.message.direction == MessageDirection::ToDevice
                && stored.message.message_id == message.message_id
                && stored.message.org_id == message.org_id
        })
    }
}
