//! Storing what devices send, and moving the messages that it answers.

use connector_domain::id::MessageKey;
use connector_domain::message::{Arrival, Message, MessageDirection, MessageState, Moved, Step};
use connector_domain::port::StoredArrival;

use crate::store::{StoredMessage, Tables, TimelineRow};

impl Tables {
    pub(super) fn receive(&mut self, arrival: &Arrival) -> StoredArrival {
        if let Some(earlier) = self.stored_before(arrival) {
            return StoredArrival {
                new: false,
                unpublished: self.untold_of_arrival(&earlier),
            };
        }
        let answered = self.answered(arrival);
        let record = self.record(&arrival.client_id);
        let org_id = record.and_then(|record| record.tenant.org_id()).cloned();
        let response_to = answered.as_ref().map(|(key, _)| key.message_id);
        let message = arrival.clone().into_message(org_id, response_to);
        let mut unpublished = vec![self.insert(message)];
        if let Some((key, step)) = answered
            && let Some(sent) = self.messages.get_mut(&key)
        {
            unpublished.extend(sent.step(step));
        }
        StoredArrival {
            new: true,
            unpublished,
        }
    }

    fn insert(&mut self, message: Message) -> Moved {
        let transition = message.first_transition();
        let stored = StoredMessage {
            message: message.clone(),
            timeline: vec![TimelineRow::untold(transition.clone())],
            request_hash: None,
            lease_until: None,
        };
        self.messages.insert(message.key(), stored);
        Moved {
            message,
            transition,
        }
    }

    /// The same record read again, or the same message sent again under its wire id.
    fn stored_before(&self, arrival: &Arrival) -> Option<Message> {
        let message_id = arrival.message_id();
        let wire_id = Some(&arrival.wire_message_id).filter(|id| !id.is_empty());
        self.messages
            .values()
            .map(|stored| &stored.message)
            .filter(|message| {
                message.direction == MessageDirection::FromDevice
                    && message.client_id == arrival.client_id
            })
            .find(|message| {
                message.message_id == message_id
                    || (wire_id.is_some() && message.wire_message_id.as_ref() == wire_id)
            })
            .cloned()
    }

    fn untold_of_arrival(&self, arrival: &Message) -> Vec<Moved> {
        let stored = self.messages.get(&arrival.key());
        let own = stored.into_iter().flat_map(StoredMessage::untold);
        let answered = arrival.response_to.and_then(|message_id| {
            self.messages.get(&MessageKey {
                client_id: arrival.client_id.clone(),
                message_id,
            })
        });
        let answer = answered
            .into_iter()
            .flat_map(StoredMessage::untold)
            .filter(|moved| {
                let to = moved.transition.to;
                matches!(to, MessageState::Responded | MessageState::Rejected)
            });
        own.chain(answer).collect()
    }

    /// The message answered, if it went to the same device, and the step that the answer asks for.
    fn answered(&self, arrival: &Arrival) -> Option<(MessageKey, Step)> {
        let answer = arrival.answer?;
        let key = MessageKey {
            client_id: arrival.client_id.clone(),
            message_id: answer.response_to,
        };
        let sent = self.messages.get(&key)?;
        let to_device = sent.message.direction == MessageDirection::ToDevice;
        to_device.then(|| (key, Step::to(answer.outcome, arrival.position.stamp)))
    }
}
