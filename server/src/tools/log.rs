//! The configured Kafka, as commands read it.

use connector_domain::port::TailStart;
use connector_transport::kafka;

use crate::cli::WrongUsage;
use crate::compose::configured_kafka;
use crate::config::Config;

/// How to reach it. With the embedded one there is nothing to read: it lives and ends with its process.
pub(super) fn kafka_of(config: &Config) -> Result<kafka::Settings, WrongUsage> {
    configured_kafka(config).ok_or_else(|| {
        let problem = "kafka.brokers is needed: the embedded Kafka of all-in-one is in the memory of its process and ends \
                       with it, so there is nothing to read";
        WrongUsage(problem.to_owned())
    })
}

/// Reads a topic from its oldest record on.
pub(super) async fn read_all(
    settings: &kafka::Settings,
    topic: &str,
) -> anyhow::Result<kafka::Tail> {
    let topics = [topic.to_owned()];
    Ok(kafka::Tail::open(settings, &topics, TailStart::Oldest, None).await?)
}
