//! What a role asks of its topics before it starts: that they are there, can be written to, and take records as large as
//! the messages that are let in.

use std::collections::BTreeMap;
use std::time::Duration;

use connector_domain::port::LogError;
use rdkafka::admin::{AdminClient, AdminOptions, ConfigResource, ResourceSpecifier};
use tokio::time::{Instant, sleep};
use tracing::{info, warn};

use super::context::Context;
use super::failure::log_error;
use super::metadata::{Found, Observer};
use super::settings::Settings;

/// Time between two looks.
const AGAIN: Duration = Duration::from_millis(500);

/// How long the log may take to tell what a topic takes.
const PATIENCE: Duration = Duration::from_secs(10);

/// Name of the setting of a topic.
const LARGEST: &str = "max.message.bytes";

/// How long a start waits.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For a log that is away, and for leaders of partitions.
    pub away: Duration,
    /// For topics that are not there: they may be made at this moment.
    pub missing: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            away: Duration::from_mins(1),
            missing: Duration::from_secs(10),
        }
    }
}

/// Waits until these topics are there and every partition has a leader. The partition count of each; an error names what
/// is missing or away.
pub async fn await_topics(
    settings: &Settings,
    topics: &[&str],
    patience: Patience,
) -> Result<BTreeMap<String, i32>, LogError> {
    let observer = Observer::new(settings)?;
    let began = Instant::now();
    let mut missing_since = None;
    let mut told = String::new();
    loop {
        let (problem, gives_up) = match observer.look(topics).await {
            Ok(Found::Ready(counts)) => {
                if !told.is_empty() {
                    info!(waited = ?began.elapsed(), "kafka is there, with every topic");
                }
                return Ok(counts);
            }
            Ok(found @ Found::Missing(_)) => {
                let since = *missing_since.get_or_insert_with(Instant::now);
                (found.into_error(), since.elapsed() >= patience.missing)
            }
            Ok(found @ Found::Leaderless(_)) => {
                (found.into_error(), began.elapsed() >= patience.away)
            }
            Err(refused @ LogError::Refused(_)) => return Err(refused),
            Err(away) => (away, began.elapsed() >= patience.away),
        };
        if gives_up {
            return Err(problem);
        }
        let text = problem.to_string();
        if text != told {
            warn!(error = text, "waiting for kafka and its topics");
            told = text;
        }
        sleep(AGAIN).await;
    }
}

/// Whether these topics take records of `least` bytes. One that does not is [`LogError::Refused`] and named. Where the log
/// does not tell, a warning says so.
pub async fn verify_record_size(
    settings: &Settings,
    topics: &[&str],
    least: usize,
) -> Result<(), LogError> {
    let mut config = settings.client_config(&[]);
    // A property of consumers; this client would warn of it.
    config.remove("group.protocol");
    let admin: AdminClient<Context> = config
        .create_with_context(Context::named("admin"))
        .map_err(|error| log_error(&error))?;
    let asked: Vec<ResourceSpecifier<'_>> = topics
        .iter()
        .map(|topic| ResourceSpecifier::Topic(topic))
        .collect();
    let options = AdminOptions::new().request_timeout(Some(PATIENCE));
    let told = match admin.describe_configs(asked.iter(), &options).await {
        Ok(told) => told,
        Err(error) => {
            warn!(%error, "kafka does not tell how large records may be");
            return Ok(());
        }
    };
    for topic in told {
        match topic {
            Ok(topic) => check(&topic, least)?,
            Err(code) => warn!(%code, "kafka does not tell how large records of a topic may be"),
        }
    }
    Ok(())
}

fn check(topic: &ConfigResource, least: usize) -> Result<(), LogError> {
    let largest = topic.get(LARGEST).and_then(|entry| entry.value.as_deref());
    let largest = largest.and_then(|value| value.parse::<usize>().ok());
    match (largest, &topic.specifier) {
        (Some(largest), rdkafka::admin::OwnedResourceSpecifier::Topic(name)) if largest < least => {
            Err(LogError::Refused(format!(
                "the topic {name} takes records of up to {largest} bytes ({LARGEST}), and {least} are needed"
            )))
        }
        _ => Ok(()),
    }
}
