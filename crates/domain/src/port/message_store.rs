//! Messages: senders move those to devices, the Kafka consumer stores those from devices and the answers they are.

use std::collections::HashMap;

use async_trait::async_trait;

use super::store_error::StoreError;
use crate::id::{MessageId, MessageKey};
use crate::message::{
    Accepted, Arrival, InvalidTransition, Message, MessageFilter, MessageKeyset, MessageOrder,
    Moved, NewMessage, Step, Transition,
};
use crate::page::{Page, PageRequest};
use crate::scope::{IngestScope, Scope};
use crate::stamp::Stamp;

/// What became of an arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredArrival {
    /// Whether it was new (false: a replay or a repeat of its wire id).
    pub new: bool,
    /// What is to be told: the arrival itself and the step of the message it answers, as far as they are committed and
    /// not marked published. On a replay, what an earlier attempt could not tell any more.
    pub unpublished: Vec<Moved>,
}

/// Writes of the Kafka consumer.
#[async_trait]
pub trait MessageLedger: Send + Sync {
    /// Stores arrivals in one transaction, each under the organisation its device now belongs to, and moves the
    /// messages they answer to RESPONDED or REJECTED where that step exists. One result per arrival, in order.
    async fn arrive(
        &self,
        scope: IngestScope,
        arrivals: &[Arrival],
    ) -> Result<Vec<StoredArrival>, StoreError>;

    /// Marks transitions as told to everyone.
    async fn mark_published(
        &self,
        scope: IngestScope,
        transitions: &[(MessageKey, i64)],
    ) -> Result<(), StoreError>;

    /// Transitions that have not been marked published since `before`, oldest first, at most `limit`.
    async fn unpublished(
        &self,
        scope: IngestScope,
        before: Stamp,
        limit: u16,
    ) -> Result<Vec<Moved>, StoreError>;

    /// Messages that are QUEUED although their lease ran out before `now`, that is, whose sender crashed: at most
    /// `limit`, each given a new lease until `lease_until` and marked redelivered. Those past their `expires_at` are
    /// left alone.
    async fn claim_abandoned(
        &self,
        scope: IngestScope,
        now: Stamp,
        lease_until: Stamp,
        limit: u16,
    ) -> Result<Vec<Message>, StoreError>;

    /// Moves QUEUED messages whose `expires_at` is before `now`, and whose lease ran out, to EXPIRED: at most `limit`.
    async fn expire(
        &self,
        scope: IngestScope,
        now: Stamp,
        limit: u16,
    ) -> Result<Vec<Moved>, StoreError>;
}

/// Writes of whoever sends.
#[async_trait]
pub trait MessageSender: Send + Sync {
    /// Stores a message with its first transition. Its id must be new in its organisation.
    async fn accept(&self, new: NewMessage) -> Result<Accepted, StoreError>;

    /// Takes a step, in one transaction with its transition. The message is as its caller has it from [`Self::accept`] or
    /// [`MessageLedger::claim_abandoned`]: its organisation is the scope, and of another's there is none.
    async fn step(
        &self,
        message: &Message,
        step: Step,
    ) -> Result<Result<Moved, InvalidTransition>, StoreError>;

    /// Marks a transition of a message as told to everyone.
    async fn told(&self, message: &Message, seq: i64) -> Result<(), StoreError>;
}

/// Reads. Rows outside the scope, and rows without an organisation, are absent.
#[async_trait]
pub trait MessageReader: Send + Sync {
    /// These messages, in any order; those absent are left out.
    async fn messages(
        &self,
        scope: &Scope,
        keys: &[MessageKey],
    ) -> Result<Vec<Message>, StoreError>;

    /// The messages with this id: at most one for a scope of one organisation towards devices; more are possible
    /// across organisations. Those to devices come first, then oldest first.
    async fn messages_by_id(
        &self,
        scope: &Scope,
        message_id: MessageId,
    ) -> Result<Vec<Message>, StoreError>;

    /// One page of the messages that pass.
    async fn message_page(
        &self,
        scope: &Scope,
        filter: &MessageFilter,
        order: MessageOrder,
        page: &PageRequest<MessageKeyset>,
    ) -> Result<Page<Message>, StoreError>;

    /// How many messages pass.
    async fn message_count(&self, scope: &Scope, filter: &MessageFilter)
    -> Result<i64, StoreError>;

    /// One page for each of these devices, in a fixed number of statements.
    async fn message_pages(
        &self,
        scope: &Scope,
        client_ids: &[crate::id::ClientId],
        filter: &MessageFilter,
        order: MessageOrder,
        page: &PageRequest<MessageKeyset>,
    ) -> Result<HashMap<crate::id::ClientId, Page<Message>>, StoreError>;

    /// One page of answers, oldest first, for each of these messages, in a fixed number of statements. An answer is a
    /// message from the same device.
    async fn answer_pages(
        &self,
        scope: &Scope,
        keys: &[MessageKey],
        page: &PageRequest<MessageKeyset>,
    ) -> Result<HashMap<MessageKey, Page<Message>>, StoreError>;

    /// The timelines of these messages, oldest step first.
    async fn transitions(
        &self,
        scope: &Scope,
        keys: &[MessageKey],
    ) -> Result<HashMap<MessageKey, Vec<Transition>>, StoreError>;
}
