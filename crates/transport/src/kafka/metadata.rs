//! Which topics there are, and how many partitions they have.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use connector_domain::port::LogError;
use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::metadata::MetadataTopic;
use tokio::task::spawn_blocking;

use super::context::Context;
use super::failure::log_error;
use super::settings::Settings;
use crate::lock::lock;

/// How long the log may take to say.
const PATIENCE: Duration = Duration::from_secs(10);

/// Most that a client has to say of a failed attempt.
const MOST_TOLD: usize = 32;

/// The partition count of each topic, or which are missing.
pub async fn verify_topics(
    settings: &Settings,
    topics: &[&str],
) -> Result<BTreeMap<String, i32>, LogError> {
    match Observer::new(settings)?.look(topics).await? {
        Found::Ready(counts) => Ok(counts),
        found => Err(found.into_error()),
    }
}

/// What a look at some topics shows.
#[derive(Debug)]
pub(super) enum Found {
    /// All are there; how many partitions each has.
    Ready(BTreeMap<String, i32>),
    /// These do not exist.
    Missing(Vec<String>),
    /// These exist, and have partitions that cannot be written to or read yet.
    Leaderless(Vec<String>),
}

impl Found {
    /// What to say of what is not ready.
    pub(super) fn into_error(self) -> LogError {
        match self {
            Self::Ready(_) => LogError::Unavailable("it is there".to_owned()),
            Self::Missing(topics) if topics.len() == 1 => missing(&topics[0]),
            Self::Missing(topics) => LogError::Refused(format!(
                "{} topics do not exist: {}",
                topics.len(),
                topics.join(", ")
            )),
            Self::Leaderless(topics) => LogError::Unavailable(format!(
                "partitions without a leader: {}",
                topics.join(", ")
            )),
        }
    }
}

/// Looks at topics, without a group, and with none created by being asked for.
pub(super) struct Observer {
    consumer: Arc<BaseConsumer<ObserverContext>>,
}

impl Observer {
    pub(super) fn new(settings: &Settings) -> Result<Self, LogError> {
        let config = settings.client_config(&[("allow.auto.create.topics", "false")]);
        let context = ObserverContext {
            client: Context::named("metadata"),
            reason: Mutex::default(),
        };
        let consumer = config
            .create_with_context(context)
            .map_err(|error| log_error(&error))?;
        Ok(Self {
            consumer: Arc::new(consumer),
        })
    }

    /// Looks once.
    pub(super) async fn look(&self, topics: &[&str]) -> Result<Found, LogError> {
        let topics: Vec<String> = topics.iter().map(|topic| (*topic).to_owned()).collect();
        let consumer = self.consumer.clone();
        blocking(move || look(&consumer, &topics)).await
    }
}

fn look(consumer: &BaseConsumer<ObserverContext>, topics: &[String]) -> Result<Found, LogError> {
    let (mut counts, mut missing, mut leaderless) = (BTreeMap::new(), Vec::new(), Vec::new());
    for topic in topics {
        let metadata = consumer
            .fetch_metadata(Some(topic), PATIENCE)
            .map_err(|error| with_reason(consumer, log_error(&error)))?;
        let found = metadata.topics().iter().find(|found| found.name() == topic);
        match count_of(topic, found)? {
            None => missing.push(topic.clone()),
            Some(_) if found.is_some_and(lacks_a_leader) => leaderless.push(topic.clone()),
            Some(count) => drop(counts.insert(topic.clone(), count)),
        }
    }
    if !missing.is_empty() {
        return Ok(Found::Missing(missing));
    }
    if !leaderless.is_empty() {
        return Ok(Found::Leaderless(leaderless));
    }
    Ok(Found::Ready(counts))
}

/// Adds what the client says of its connections, which is where the cause is.
fn with_reason(consumer: &BaseConsumer<ObserverContext>, error: LogError) -> LogError {
    // What waits to be told is told by polling, one thing at a time.
    for _ in 0..MOST_TOLD {
        drop(consumer.poll(Duration::ZERO));
    }
    match (error, lock(&consumer.context().reason).take()) {
        (LogError::Unavailable(text), Some(reason)) => {
            LogError::Unavailable(format!("{text}: {reason}"))
        }
        (error, _) => error,
    }
}

/// The partition count of a topic; `None` when there is no such topic.
fn count_of(topic: &str, found: Option<&MetadataTopic>) -> Result<Option<i32>, LogError> {
    let Some(found) = found else {
        return Ok(None);
    };
    match found.error().map(RDKafkaErrorCode::from) {
        // Partitions say for themselves that they have none.
        None | Some(RDKafkaErrorCode::LeaderNotAvailable) => {}
        Some(RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic) => {
            return Ok(None);
        }
        Some(code) => return Err(about(topic, log_error(&KafkaError::MetadataFetch(code)))),
    }
    let count = i32::try_from(found.partitions().len()).ok();
    Ok(count.filter(|count| *count > 0))
}

fn lacks_a_leader(topic: &MetadataTopic) -> bool {
    let mut partitions = topic.partitions().iter();
    partitions.any(|partition| partition.leader() < 0 || partition.error().is_some())
}

/// The partition count of a topic that exists.
pub(super) fn partition_count<C: Consumer<Context>>(
    consumer: &C,
    topic: &str,
    patience: Duration,
) -> Result<i32, LogError> {
    let metadata = consumer
        .fetch_metadata(Some(topic), patience)
        .map_err(|error| log_error(&error))?;
    let found = metadata.topics().iter().find(|found| found.name() == topic);
    count_of(topic, found)?.ok_or_else(|| missing(topic))
}

fn missing(topic: &str) -> LogError {
    LogError::Refused(format!("the topic {topic} does not exist"))
}

fn about(topic: &str, error: LogError) -> LogError {
    match error {
        LogError::Refused(reason) => LogError::Refused(format!("topic {topic}: {reason}")),
        LogError::Unavailable(reason) => LogError::Unavailable(format!("topic {topic}: {reason}")),
    }
}

/// Runs what waits for the network inside librdkafka.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LogError> + Send + 'static,
) -> Result<T, LogError> {
    spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(LogError::Unavailable(error.to_string())))
}

/// Context of an observer: keeps what was said last of a connection.
struct ObserverContext {
    client: Context,
    reason: Mutex<Option<String>>,
}

impl ClientContext for ObserverContext {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, text: &str) {
        self.client.log(level, facility, text);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        // That all are away is said beside why each is.
        if error.rdkafka_error_code() != Some(RDKafkaErrorCode::AllBrokersDown) {
            *lock(&self.reason) = Some(reason.to_owned());
        }
        self.client.error(error, reason);
    }
}

impl ConsumerContext for ObserverContext {}
