//! What becomes of each arrival of a batch, decided in memory in the order they came.

use std::collections::{BTreeMap, HashMap};

use connector_domain::id::{MessageKey, OrgId};
use connector_domain::message::{Arrival, Message, MessageDirection, Moved, Step};
use connector_domain::port::StoredArrival;

use super::insertion::{New, Origin};
use crate::error::Fault;

/// What is stored about a batch before it.
pub(super) struct Known {
    /// The organisations of its devices.
    orgs: HashMap<String, OrgId>,
    /// Messages with the ids that its arrivals would have.
    by_key: HashMap<MessageKey, Message>,
    /// Keys of messages by the device and its own id of them.
    by_wire_id: HashMap<(String, String), MessageKey>,
    /// Messages that its arrivals answer, as far as they went to the same device.
    answered: HashMap<MessageKey, Message>,
}

impl Known {
    pub(super) fn new(
        orgs: HashMap<String, OrgId>,
        earlier: Vec<Message>,
        answered: Vec<Message>,
    ) -> Self {
        let mut known = Self {
            orgs,
            by_key: HashMap::new(),
            by_wire_id: HashMap::new(),
            answered: answered
                .into_iter()
                .map(|message| (message.key(), message))
                .collect(),
        };
        for message in earlier {
            known.remember_wire_id(&message);
            known.by_key.insert(message.key(), message);
        }
        known
    }

    fn remember_wire_id(&mut self, message: &Message) {
        if message.direction != MessageDirection::FromDevice {
            return;
        }
        if let Some(wire_id) = message.wire_message_id.as_ref().filter(|id| !id.is_empty()) {
            let name = (message.client_id.to_string(), wire_id.clone());
            self.by_wire_id.insert(name, message.key());
        }
    }
}

/// What became of an arrival, with the key it is stored under.
enum Outcome {
    New(MessageKey),
    /// Stored by this batch or before it.
    Again(MessageKey),
}

/// A message to store, and the step of the message it answers.
struct Fresh {
    new: New<'static>,
    answered: Option<Moved>,
}

/// A batch while it is received.
pub(super) struct Reception {
    known: Known,
    fresh: BTreeMap<MessageKey, Fresh>,
    outcomes: Vec<Outcome>,
}

impl Reception {
    pub(super) fn new(known: Known) -> Self {
        Self {
            known,
            fresh: BTreeMap::new(),
            outcomes: Vec::new(),
        }
    }

    /// Receives the next one. Refused where a caller gave a message to the same device the id that this one must have.
    pub(super) fn receive(&mut self, arrival: &Arrival) -> Result<(), Fault> {
        let key = MessageKey {
            client_id: arrival.client_id.clone(),
            message_id: arrival.message_id(),
        };
        let outcome = if let Some(earlier) = self.stored_before(&key, arrival)? {
            Outcome::Again(earlier)
        } else {
            self.store(&key, arrival);
            Outcome::New(key)
        };
        self.outcomes.push(outcome);
        Ok(())
    }

    /// The same record read again, or the same message sent again under its wire id.
    fn stored_before(
        &self,
        key: &MessageKey,
        arrival: &Arrival,
    ) -> Result<Option<MessageKey>, Fault> {
        if self.fresh.contains_key(key) {
            return Ok(Some(key.clone()));
        }
        if let Some(message) = self.known.by_key.get(key) {
            return match message.direction {
                MessageDirection::FromDevice => Ok(Some(key.clone())),
                MessageDirection::ToDevice => Err(Fault::Request(
                    "a message to the device has the id of one from it",
                )),
            };
        }
        let name = (
            arrival.client_id.to_string(),
            arrival.wire_message_id.clone(),
        );
        Ok(self.known.by_wire_id.get(&name).cloned())
    }

    fn store(&mut self, key: &MessageKey, arrival: &Arrival) {
        let org_id = self.known.orgs.get(arrival.client_id.as_str()).cloned();
        let answered = arrival.answer.and_then(|answer| {
            let answered = MessageKey {
                client_id: arrival.client_id.clone(),
                message_id: answer.response_to,
            };
            let sent = self.known.answered.get_mut(&answered)?;
            let step = Step::to(answer.outcome, arrival.position.stamp);
            let moved = sent.clone().step(step).ok();
            if let Some(moved) = &moved {
                *sent = moved.message.clone();
            }
            Some((answer.response_to, moved))
        });
        let response_to = answered.as_ref().map(|(message_id, _)| *message_id);
        let message = arrival.clone().into_message(org_id, response_to);
        self.known.remember_wire_id(&message);
        let fresh = Fresh {
            new: New::of(message, Origin::Device(arrival.position)),
            answered: answered.and_then(|(_, moved)| moved),
        };
        self.fresh.insert(key.clone(), fresh);
    }

    /// Messages stored before this batch that arrived again.
    pub(super) fn replayed(&self) -> Vec<&Message> {
        self.outcomes
            .iter()
            .filter_map(|outcome| match outcome {
                Outcome::Again(key) => self.known.by_key.get(key),
                Outcome::New(_) => None,
            })
            .collect()
    }

    /// The messages to store, in the order of their keys.
    pub(super) fn new_in_order(&self) -> Vec<&New<'static>> {
        self.fresh.values().map(|fresh| &fresh.new).collect()
    }

    /// The steps to store of messages that were answered.
    pub(super) fn steps(&self) -> Vec<&Moved> {
        self.fresh
            .values()
            .filter_map(|fresh| fresh.answered.as_ref())
            .collect()
    }

    /// One result per arrival, in order. `untold` is what those replayed had caused and nobody told.
    pub(super) fn results(&self, untold: &HashMap<MessageKey, Vec<Moved>>) -> Vec<StoredArrival> {
        self.outcomes
            .iter()
            .map(|outcome| match outcome {
                Outcome::New(key) => StoredArrival {
                    new: true,
                    unpublished: self.caused_by(key),
                },
                Outcome::Again(key) => StoredArrival {
                    new: false,
                    unpublished: match untold.get(key) {
                        Some(untold) => untold.clone(),
                        None => self.caused_by(key),
                    },
                },
            })
            .collect()
    }

    fn caused_by(&self, key: &MessageKey) -> Vec<Moved> {
        let fresh = self.fresh.get(key);
        fresh
            .into_iter()
            .flat_map(|fresh| [Some(&fresh.new.moved), fresh.answered.as_ref()])
            .flatten()
            .cloned()
            .collect()
    }
}
