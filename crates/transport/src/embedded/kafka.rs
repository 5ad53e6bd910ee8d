//! A Kafka inside the process: librdkafka's own mock cluster with one broker, reached over loopback
//! like a real one.
//!
//! It does what this platform uses: idempotent producers, partitions, consumer groups, manual
//! commits. It does **not**:
//! - keep anything beyond the process: records and committed offsets are gone with it, and offsets
//!   start at 0 again;
//! - keep everything meanwhile: about 5 MiB or 100,000 record batches per partition, then the
//!   oldest go, so that a consumer that starts late on a large backlog misses records
//!   (`auto.offset.reset` decides where it goes on);
//! - seek by time, compact, expire by age, or answer admin requests (topics are made here, at
//!   start);
//! - check who connects: it listens on loopback, in plain text.
//!
//! Consumers in a group should set `group.protocol=consumer` here: they are assigned partitions at
//! once. With the classic protocol the first member waits 3 s for others (a fixed delay, so
//! `session.timeout.ms` must be longer), and whoever joins after a member left waits for
//! `session.timeout.ms` less a second.

use rdkafka::ClientConfig;
use rdkafka::error::KafkaError;
use rdkafka::producer::{BaseProducer, Producer};
use rdkafka::types::RDKafkaErrorCode;

/// Why the embedded Kafka did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmbeddedKafkaError {
    /// The cluster could not be made.
    #[error("cannot start the embedded kafka")]
    Start(#[source] KafkaError),
    /// A topic could not be made: a name used twice, or one Kafka does not allow.
    #[error("cannot create the topic {topic}")]
    Topic {
        /// The topic's name.
        topic: String,
        /// What librdkafka says.
        source: KafkaError,
    },
    /// A topic needs at least one partition and at most `i32::MAX`.
    #[error("the topic {topic} cannot have {partitions} partitions")]
    Partitions {
        /// The topic's name.
        topic: String,
        /// The number asked for.
        partitions: u32,
    },
}

/// A Kafka cluster of one broker that lives as long as this handle.
pub struct EmbeddedKafka {
    /// The client that owns the cluster. It is used for nothing else: unlike the bare cluster, it
    /// may move between threads.
    _owner: BaseProducer,
    bootstrap_servers: String,
}

impl EmbeddedKafka {
    /// Starts the cluster with the given topics (name, number of partitions).
    pub fn start(topics: &[(&str, u32)]) -> Result<Self, EmbeddedKafkaError> {
        let owner: BaseProducer = ClientConfig::new()
            .set("test.mock.num.brokers", "1")
            .create()
            .map_err(EmbeddedKafkaError::Start)?;
        let cluster = owner
            .client()
            .mock_cluster()
            .ok_or(EmbeddedKafkaError::Start(KafkaError::MockCluster(
                RDKafkaErrorCode::Fail,
            )))?;
        for &(topic, partitions) in topics {
            let count = i32::try_from(partitions)
                .ok()
                .filter(|count| *count > 0)
                .ok_or_else(|| EmbeddedKafkaError::Partitions {
                    topic: topic.to_owned(),
                    partitions,
                })?;
            cluster
                .create_topic(topic, count, 1)
                .map_err(|source| EmbeddedKafkaError::Topic {
                    topic: topic.to_owned(),
                    source,
                })?;
        }
        let bootstrap_servers = cluster.bootstrap_servers();
        drop(cluster);
        Ok(Self {
            _owner: owner,
            bootstrap_servers,
        })
    }

    /// The value for `bootstrap.servers`.
    pub fn bootstrap_servers(&self) -> String {
        self.bootstrap_servers.clone()
    }
}
