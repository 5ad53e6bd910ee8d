//! The outbox: one message's way from a caller to the broker.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use connector_domain::audit::AuditEntry;
use connector_domain::clock::Clock;
use connector_domain::message::{
    Accepted, Command, Message, MessageKind, MessageState, Moved, NewMessage, SEND_RESERVE, Step,
};
use connector_domain::port::{
    AuditLedger, BlockLedger, BlockReader, DevicePublisher, MessageSender, PublishOutcome,
    RecordLog, StoreError,
};
use connector_domain::stamp::Stamp;
use connector_domain::wire::{Channel, TopicPrefix, command_payload, data_payload};
use tokio_util::task::TaskTracker;
use tracing::{error, info};

use crate::announce::announce;
use crate::audit::log_entry;

/// How much of its lease a sender keeps for storing what came of the publish.
const STEP_RESERVE: Duration = Duration::from_secs(1);

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct Options {
    /// Levels of a device's topics before its client id.
    pub topic_prefix: TopicPrefix,
    /// Kafka topic of message events.
    pub events_topic: String,
    /// How long to wait for the broker's acknowledgement; less where the lease ends before.
    pub confirmation_wait: Duration,
}

/// What it works with.
#[derive(Clone)]
pub struct Ports {
    /// Where messages are stored.
    pub messages: Arc<dyn MessageSender>,
    /// Where it is kept who asked for what.
    pub audit: Arc<dyn AuditLedger>,
    /// Who is blocked.
    pub blocks: Arc<dyn BlockReader>,
    /// Where blocks are laid and lifted.
    pub blocking: Arc<dyn BlockLedger>,
    /// The link to the broker.
    pub publisher: Arc<dyn DevicePublisher>,
    /// Where events are told.
    pub log: Arc<dyn RecordLog>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Error of the outbox.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// The store failed. A message accepted before stays QUEUED, and a job takes it over when its lease runs out.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The process is shutting down.
    #[error("the process is shutting down")]
    ShuttingDown,
}

/// What became of a request to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// Accepted; the message as it is now.
    Accepted(Message),
    /// The same request was accepted before; the message as it is now.
    Repeated(Message),
    /// The id was used before with another request: for this message, unless that is another organisation's.
    Conflict(Option<Message>),
}

/// Sends messages. A cheap handle.
#[derive(Clone)]
pub struct Outbox {
    options: Arc<Options>,
    pub(crate) ports: Ports,
    tasks: TaskTracker,
}

impl Outbox {
    /// Ready to send.
    pub fn new(options: Options, ports: Ports) -> Self {
        Self {
            options: Arc::new(options),
            ports,
            tasks: TaskTracker::new(),
        }
    }

    /// Whether there is a connection to the broker.
    pub fn is_connected(&self) -> bool {
        self.ports.publisher.is_connected()
    }

    /// Stores a message, publishes it and waits for the broker, at most the confirmation wait. Goes on when the caller
    /// goes away: what was accepted is sent.
    pub async fn send(&self, new: NewMessage) -> Result<Sent, OutboxError> {
        let this = self.clone();
        self.to_the_end(async move { this.accept_and_publish(new).await })
            .await
    }

    /// Does something to its end even when whoever asked goes away.
    pub(crate) async fn to_the_end<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, OutboxError>> + Send + 'static,
    ) -> Result<T, OutboxError> {
        if self.tasks.is_closed() {
            return Err(OutboxError::ShuttingDown);
        }
        self.tasks
            .spawn(work)
            .await
            .unwrap_or(Err(OutboxError::ShuttingDown))
    }

    /// Keeps what a caller asked for and nothing came of. Goes on when the caller goes away; what cannot be stored is in
    /// the log.
    pub async fn record(&self, entry: AuditEntry) {
        log_entry(&entry);
        let audit = Arc::clone(&self.ports.audit);
        let recording = async move {
            if let Err(error) = audit.record(&entry).await {
                error!(%error, audit.id = %entry.audit_id, "an entry of the audit trail is not stored");
            }
        };
        if !self.tasks.is_closed() {
            // It has nothing to say, and a panic of its own is told by the runtime.
            let _ = self.tasks.spawn(recording).await;
        }
    }

    /// Publishes a message whose lease was claimed from a crashed sender.
    pub async fn resend(
        &self,
        message: Message,
        lease_until: Stamp,
    ) -> Result<Message, OutboxError> {
        self.publish(message, lease_until).await
    }

    /// Tells everyone about a step and marks it told. What fails here is told again by a job.
    pub async fn tell(&self, moved: &Moved) {
        if announce(self.ports.log.as_ref(), &self.options.events_topic, moved).await
            && let Err(error) = self
                .ports
                .messages
                .told(&moved.message, moved.transition.seq)
                .await
        {
            info!(%error, message.id = %moved.message.message_id, "a message event is told but not marked so");
        }
    }

    /// Finishes what is being sent. Nothing new is accepted after it.
    pub async fn close(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    async fn accept_and_publish(&self, new: NewMessage) -> Result<Sent, OutboxError> {
        let (lease_until, entry) = (new.lease_until, new.audit.clone());
        match self.ports.messages.accept(new).await? {
            Accepted::Created(moved) => {
                if let Some(entry) = &entry {
                    log_entry(entry);
                }
                self.tell_later(moved.clone());
                Ok(Sent::Accepted(
                    self.publish(moved.message, lease_until).await?,
                ))
            }
            Accepted::Repeated(message) => Ok(Sent::Repeated(message)),
            Accepted::Conflict(message) => Ok(Sent::Conflict(message)),
        }
    }

    async fn publish(&self, message: Message, lease_until: Stamp) -> Result<Message, OutboxError> {
        let now = self.ports.clock.now();
        let lease = lease_until.since(now);
        if lease < SEND_RESERVE {
            // Too late to be sure that nobody else claims it meanwhile; the job takes it over.
            return Ok(message);
        }
        if message
            .expires_at
            .is_some_and(|expires_at| expires_at <= now)
        {
            return self
                .step(message, Step::to(MessageState::Expired, now))
                .await;
        }
        // Blocked since it was accepted, or since its sender crashed.
        if self.is_blocked(&message.client_id).await? {
            let problem = "the device is blocked";
            return self
                .step(message, Step::failed("DEVICE_BLOCKED", problem, now))
                .await;
        }
        let (topic, payload) = match self.envelope(&message) {
            Ok(envelope) => envelope,
            Err(problem) => {
                return self
                    .step(message, Step::failed("UNREADABLE_CONTENT", problem, now))
                    .await;
            }
        };
        let late = self.late_confirmation(message.clone());
        // Past its lease the message would still be QUEUED, and a job would send it again while we wait.
        let wait = self
            .options
            .confirmation_wait
            .min(lease.saturating_sub(STEP_RESERVE));
        let outcome = self
            .ports
            .publisher
            .publish(&topic, payload, wait, late)
            .await;
        metrics::counter!("connector_messages_published_total", "outcome" => outcome_label(&outcome)).increment(1);
        self.step(message, step_of(outcome, self.ports.clock.now()))
            .await
    }

    fn envelope(&self, message: &Message) -> Result<(String, Bytes), String> {
        let prefix = &self.options.topic_prefix;
        let content = message.content.as_ref();
        if message.kind == MessageKind::Command {
            let text = content.map_or("null", |content| content.as_str());
            let command: Command = serde_json::from_str(text).map_err(|error| error.to_string())?;
            let payload = command_payload(message.message_id, message.created_at, &command)
                .map_err(|e| e.to_string())?;
            return Ok((
                prefix.to_device(&message.client_id, Channel::Control),
                Bytes::from(payload),
            ));
        }
        let metadata = message
            .metadata
            .as_ref()
            .map(|metadata| serde_json::from_str(metadata.as_str()))
            .transpose();
        let metadata = metadata.map_err(|error| error.to_string())?;
        let directive = message.directive.as_deref().unwrap_or_default();
        let payload = data_payload(
            message.message_id,
            message.created_at,
            directive,
            metadata.as_ref(),
            content,
        );
        let payload = payload.map_err(|error| error.to_string())?;
        Ok((
            prefix.to_device(&message.client_id, Channel::Data),
            Bytes::from(payload),
        ))
    }

    /// What to do when the broker confirms after we stopped waiting: UNCONFIRMED moves on.
    fn late_confirmation(&self, message: Message) -> Box<dyn FnOnce(PublishOutcome) + Send> {
        let this = self.clone();
        Box::new(move |outcome| {
            if matches!(
                outcome,
                PublishOutcome::NotSent | PublishOutcome::Unconfirmed
            ) {
                return;
            }
            let tasks = this.tasks.clone();
            tasks.spawn(async move {
                let step = step_of(outcome, this.ports.clock.now());
                if let Err(error) = this.step(message, step).await {
                    error!(%error, "a late confirmation is not recorded");
                }
            });
        })
    }

    /// Takes a step and tells it; where the message has moved on meanwhile (an answer overtook the broker), says how it
    /// is now.
    async fn step(&self, message: Message, step: Step) -> Result<Message, OutboxError> {
        match self.ports.messages.step(&message, step).await? {
            Ok(moved) => {
                let message = moved.message.clone();
                self.tell_later(moved);
                Ok(message)
            }
            Err(refused) => Ok(Message {
                state: refused.from,
                ..message
            }),
        }
    }

    fn tell_later(&self, moved: Moved) {
        let this = self.clone();
        self.tasks.spawn(async move { this.tell(&moved).await });
    }
}

fn step_of(outcome: PublishOutcome, at: Stamp) -> Step {
    match outcome {
        PublishOutcome::Acknowledged => Step::to(MessageState::Published, at),
        PublishOutcome::NoMatchingSubscribers => Step::failed(
            "NO_SUBSCRIBER",
            "the broker has nobody who takes messages of this device",
            at,
        ),
        PublishOutcome::Refused(reason) => Step::failed("BROKER_REFUSED", reason, at),
        PublishOutcome::NotSent => Step::failed(
            "BROKER_UNAVAILABLE",
            "there is no connection to the broker",
            at,
        ),
        PublishOutcome::Unconfirmed => Step::to(MessageState::Unconfirmed, at),
    }
}

fn outcome_label(outcome: &PublishOutcome) -> &'static str {
    match outcome {
        PublishOutcome::Acknowledged => "acknowledged",
        PublishOutcome::NoMatchingSubscribers => "no-subscriber",
        PublishOutcome::Refused(_) => "refused",
        PublishOutcome::NotSent => "not-sent",
        PublishOutcome::Unconfirmed => "unconfirmed",
    }
}
