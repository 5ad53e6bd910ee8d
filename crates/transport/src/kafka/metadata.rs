//! Which topics there are, and how many partitions they have.

use std::collections::BTreeMap;
use std::time::Duration;

use connector_domain::port::LogError;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use tokio::task::spawn_blocking;

use super::context::Context;
use super::failure::log_error;
use super::settings::Settings;

/// How long the log may take to say.
const PATIENCE: Duration = Duration::from_secs(10);

/// The partition count of each topic, or which one is missing.
pub async fn verify_topics(
    settings: &Settings,
    topics: &[&str],
) -> Result<BTreeMap<String, i32>, LogError> {
    // Without a group, and with topics not created by being asked for.
    let config = settings.client_config(&[("allow.auto.create.topics", "false")]);
    let topics: Vec<String> = topics.iter().map(|topic| (*topic).to_owned()).collect();
    blocking(move || {
        let context = Context { name: "metadata" };
        let consumer: BaseConsumer<Context> = config
            .create_with_context(context)
            .map_err(|error| log_error(&error))?;
        let counts = topics.iter().map(|topic| {
            let count = partition_count(&consumer, topic, PATIENCE)?;
            Ok((topic.clone(), count))
        });
        counts.collect()
    })
    .await
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
    let Some(found) = found else {
        return Err(missing(topic));
    };
    match found.error().map(RDKafkaErrorCode::from) {
        None => {}
        Some(RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic) => {
            return Err(missing(topic));
        }
        Some(code) => return Err(about(topic, log_error(&KafkaError::MetadataFetch(code)))),
    }
    match i32::try_from(found.partitions().len()) {
        Ok(count) if count > 0 => Ok(count),
        _ => Err(missing(topic)),
    }
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
