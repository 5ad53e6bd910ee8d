//! Messages: of B one in every state and of every kind, both ways, with answers.

use connector_domain::audit::{Actor, AuditEntry, AuditOperation, AuditOutcome};
use connector_domain::caller::Caller;
use connector_domain::id::{AuditId, CallerName, MessageId, OrgId};
use connector_domain::json::JsonText;
use connector_domain::message::{
    Accepted, Answer, Arrival, Command, CommandName, Message, MessageDirection, MessageFailure,
    MessageKind, MessageState, Moved, NewMessage, SEND_LEASE, Step,
};
use connector_domain::port::{AuditLedger, MessageSender};
use serde_json::json;
use uuid::Uuid;

use super::party::{B, Party};
use super::tenants::{Sent, Tenants};
use crate::world::client;

/// States that data messages are brought into. The first and the fourth are answered.
const ENDS: [MessageState; 7] = [
    MessageState::Published,
    MessageState::Queued,
    MessageState::Unconfirmed,
    MessageState::Published,
    MessageState::Expired,
    MessageState::Cancelled,
    MessageState::Failed,
];

impl Tenants {
    /// Messages to and from a device of B, in every state and of every kind. The first one has an answer.
    pub async fn mail(&self, device: &str, from: u128) -> Vec<Sent> {
        let mut ids = Vec::new();
        for (n, state) in (from..).zip(ENDS) {
            ids.push(self.sends(&B, device, n, None, state).await);
        }
        for (n, command) in (from + 11..).zip(commands(&B)) {
            let sent = self.sends(&B, device, n, Some(command), MessageState::Published);
            ids.push(sent.await);
        }
        for (n, answers) in [
            (from + 20, Some((ids[0], MessageState::Responded))),
            (from + 21, Some((ids[3], MessageState::Rejected))),
            (from + 22, None),
        ] {
            let arrival = self.arrival(&B, device, n, answers);
            ids.push(self.receive(&B, arrival).await);
        }
        ids.into_iter().map(|id| (device.to_owned(), id)).collect()
    }

    /// One message to a device, and its answer.
    pub async fn letter(&self, party: &Party, device: &str, n: u128) -> Vec<Sent> {
        let sent = self
            .sends(party, device, n, None, MessageState::Published)
            .await;
        let answers = Some((sent, MessageState::Responded));
        let arrival = self.arrival(party, device, n, answers);
        let answer = self.receive(party, arrival).await;
        [sent, answer].map(|id| (device.to_owned(), id)).to_vec()
    }

    /// A message to a device, brought into a state.
    async fn sends(
        &self,
        party: &Party,
        device: &str,
        n: u128,
        command: Option<Command>,
        state: MessageState,
    ) -> Uuid {
        let message = self.message(party, device, n, command.as_ref());
        let (id, sent) = (message.message_id.as_uuid(), message.clone());
        if self.happens(party) {
            let entry = entry(party, n, &message);
            self.refused(&entry, n).await;
            let new = NewMessage {
                lease_until: message.created_at.plus(SEND_LEASE),
                message,
                request_hash: party.label("hash"),
                audit: Some(entry),
            };
            let accepted = self.world.store.accept(new).await.expect("stored");
            let Accepted::Created(moved) = accepted else {
                panic!("{n} was used before")
            };
            self.world.tell(&moved);
        }
        if state != MessageState::Queued {
            self.step(party, &sent, state).await;
        }
        id
    }

    /// The same had been tried before, and was refused.
    async fn refused(&self, accepted: &AuditEntry, n: u128) {
        let refused = AuditEntry {
            audit_id: AuditId::from(Uuid::from_u128(accepted.audit_id.as_uuid().as_u128() + n)),
            outcome: AuditOutcome::Refused,
            refusal: Some("CLIENT_OFFLINE".to_owned()),
            ..accepted.clone()
        };
        self.world.store.record(&refused).await.expect("recorded");
    }

    async fn step(&self, party: &Party, message: &Message, state: MessageState) {
        let failure = MessageFailure {
            code: party.label("code"),
            message: party.label("failure"),
        };
        let step = Step {
            detail: Some(party.label("detail")),
            failure: (state == MessageState::Failed).then_some(failure),
            ..Step::to(state, self.world.position().stamp)
        };
        if self.happens(party) {
            let moved = self.world.store.step(message, step).await.expect("stored");
            let moved: Moved = moved.expect("a step that exists");
            self.world.tell(&moved);
        }
    }

    pub fn message(
        &self,
        party: &Party,
        device: &str,
        n: u128,
        command: Option<&Command>,
    ) -> Message {
        let content = match command {
            Some(command) => serde_json::to_string(command).expect("writable"),
            None => json!({"said": party.label("content")}).to_string(),
        };
        let metadata = json!({"more": party.label("metadata")}).to_string();
        // A name that callers of both tenants have tells nobody apart.
        let sender = match n % 2 {
            0 => "inventory".to_owned(),
            _ => party.label("service"),
        };
        let created_at = self.world.position().stamp;
        let is_data = command.is_none();
        Message {
            client_id: client(device),
            message_id: MessageId::from(party.uuid(n)),
            wire_message_id: None,
            org_id: OrgId::parse(party.org).ok(),
            direction: MessageDirection::ToDevice,
            kind: if is_data {
                MessageKind::Data
            } else {
                MessageKind::Command
            },
            directive: is_data.then(|| party.label("worker")),
            command: command.map(Command::name),
            content: JsonText::parse(content).ok(),
            metadata: JsonText::parse(metadata).ok().filter(|_| is_data),
            size_bytes: 100,
            state: MessageState::Queued,
            seq: 1,
            failure: None,
            sent_by: CallerName::parse(sender).ok(),
            created_at,
            device_sent: None,
            expires_at: Some(created_at.plus(SEND_LEASE)),
            redelivered: false,
            response_to: None,
        }
    }

    /// What a device sends, perhaps as an answer.
    pub fn arrival(
        &self,
        party: &Party,
        device: &str,
        n: u128,
        answers: Option<(Uuid, MessageState)>,
    ) -> Arrival {
        let json = |what: &str| {
            let text = json!({"said": party.label(what)}).to_string();
            JsonText::parse(text).ok()
        };
        let is_event = n % 10 == 2;
        Arrival {
            client_id: client(device),
            position: self.world.position(),
            kind: if is_event {
                MessageKind::Event
            } else {
                MessageKind::Data
            },
            wire_message_id: party.label(&format!("wire-{n}")),
            directive: Some(party.label("worker")),
            metadata: json("metadata"),
            content: json("answer"),
            device_sent: Some(party.label("clock")),
            answer: answers.map(|(id, outcome)| Answer {
                response_to: MessageId::from(id),
                outcome,
            }),
        }
    }

    /// Its id is the same whether it happens or not.
    pub async fn receive(&self, party: &Party, arrival: Arrival) -> Uuid {
        let id = arrival.message_id();
        if self.happens(party) {
            self.world.receive(arrival).await;
        }
        id.as_uuid()
    }
}

/// What the trail says of a message.
pub fn entry(party: &Party, n: u128, message: &Message) -> AuditEntry {
    let caller = Caller {
        name: message.sent_by.clone().expect("a sender"),
        ..party.numbered_caller()
    };
    let request_id = party.label("request");
    AuditEntry {
        audit_id: AuditId::from(party.uuid(10_000 + 1000 * n)),
        occurred_at: message.created_at,
        org_id: message.org_id.clone(),
        actor: Actor::of(&caller, &request_id, Some([192, 0, 2, 1].into())),
        operation: message
            .command
            .map_or(AuditOperation::SendMessage, operation),
        client_id: Some(message.client_id.clone()),
        directive: message.directive.clone(),
        message_id: Some(message.message_id),
        reason: Some(party.label("reason")),
        outcome: AuditOutcome::Accepted,
        refusal: None,
    }
}

fn operation(command: CommandName) -> AuditOperation {
    match command {
        CommandName::Ping => AuditOperation::Ping,
        CommandName::Reconnect => AuditOperation::Reconnect,
        CommandName::Disconnect => AuditOperation::Disconnect,
    }
}

fn commands(party: &Party) -> [Command; 3] {
    let reason = Some(party.label("reason"));
    [
        Command::Ping,
        Command::Reconnect {
            delay_seconds: 5,
            reason: reason.clone(),
        },
        Command::Disconnect { reason },
    ]
}
