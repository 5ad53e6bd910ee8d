//! Finds what a tail reads and where it starts.

use std::collections::BTreeMap;
use std::time::Duration;

use connector_domain::clock::{Clock, System};
use connector_domain::port::{LogError, TailStart};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::{Offset, TopicPartitionList};

use super::super::context::Context;
use super::super::failure::log_error;
use super::super::metadata::partition_count;
use super::super::renewal::Renewal;
use super::super::settings::Settings;
use super::gap::Stretch;

/// For logs and metrics.
const NAME: &str = "tail";

/// How long the log may take to answer one question.
const PATIENCE: Duration = Duration::from_secs(10);

/// A tail about to read.
pub(super) struct Opened {
    pub(super) settings: Settings,
    pub(super) renewal: Renewal,
    pub(super) client: Client,
    pub(super) log_id: String,
    /// The cluster's own name for the log, where nobody gave another.
    pub(super) cluster_id: Option<String>,
    pub(super) partitions: Vec<(String, i32)>,
    pub(super) start_offsets: Vec<Vec<i64>>,
    /// Offset of the next record of each partition.
    pub(super) positions: Positions,
    /// Of each partition that has something to be told before the tail has caught up.
    pub(super) goals: BTreeMap<(String, i32), Stretch>,
}

/// First offset, and the one after the last, of a partition.
type Watermarks = (i64, i64);

/// An offset in each partition of each topic.
pub(super) type Positions = BTreeMap<(String, i32), i64>;

/// What reads.
pub(super) struct Client {
    pub(super) consumer: BaseConsumer<Context>,
    pub(super) context: Context,
}

impl Client {
    pub(super) fn new(settings: &Settings) -> KafkaResult<Self> {
        // librdkafka assigns nothing without the name of a group, even where no group is used.
        let group_id = format!("{}-tail", settings.client_id);
        let context = Context::named(NAME);
        let consumer = settings
            .consumer_config(&group_id, &[("enable.auto.commit", "false")])
            .create_with_context(context.clone())?;
        Ok(Self { consumer, context })
    }

    /// Reads from these offsets on.
    pub(super) fn assign(&self, positions: &Positions) -> KafkaResult<()> {
        let mut assignment = TopicPartitionList::new();
        for ((topic, partition), offset) in positions {
            assignment.add_partition_offset(topic, *partition, Offset::Offset(*offset))?;
        }
        self.consumer.assign(&assignment)
    }

    /// The cluster's own name.
    fn cluster_id(&self) -> Result<String, LogError> {
        let told = self.consumer.client().fetch_cluster_id(PATIENCE);
        told.ok_or_else(|| LogError::Unavailable("the cluster has not told its id".to_owned()))
    }
}

impl Opened {
    /// Waits for the network.
    pub(super) fn new(
        settings: &Settings,
        topics: &[String],
        start: TailStart,
        log_id: Option<String>,
    ) -> Result<Self, LogError> {
        let renewal = Renewal::new(NAME, settings);
        let client = Client::new(settings).map_err(failed)?;
        let consumer = &client.consumer;
        let mut partitions = Vec::new();
        let mut watermarks = BTreeMap::new();
        for topic in topics {
            let count = partition_count(consumer, topic, PATIENCE)?;
            partitions.push((topic.clone(), count));
            for partition in 0..count {
                let found = consumer
                    .fetch_watermarks(topic, partition, PATIENCE)
                    .map_err(failed)?;
                watermarks.insert((topic.clone(), partition), found);
            }
        }
        let starts = starts(consumer, &watermarks, start)?;
        client.assign(&starts).map_err(failed)?;
        let (log_id, cluster_id) = if let Some(given) = log_id {
            (given, None)
        } else {
            let told = client.cluster_id()?;
            (told.clone(), Some(told))
        };
        Ok(Self {
            settings: settings.clone(),
            renewal,
            log_id,
            cluster_id,
            start_offsets: by_topic(&partitions, &starts),
            goals: goals(&watermarks, &starts),
            positions: starts,
            partitions,
            client,
        })
    }

    /// Offsets between the start and the goals.
    pub(super) fn backlog(&self) -> u64 {
        let ahead = self.goals.values();
        ahead
            .filter_map(|stretch| u64::try_from(stretch.end - stretch.next).ok())
            .sum()
    }
}

fn starts(
    consumer: &BaseConsumer<Context>,
    watermarks: &BTreeMap<(String, i32), Watermarks>,
    start: TailStart,
) -> Result<Positions, LogError> {
    let TailStart::Ago(ago) = start else {
        let oldest = watermarks.iter();
        return Ok(oldest
            .map(|(place, (low, _))| (place.clone(), *low))
            .collect());
    };
    let since = System.now().minus(ago).as_nanos() / 1_000_000;
    let mut times = TopicPartitionList::new();
    for (topic, partition) in watermarks.keys() {
        times
            .add_partition_offset(topic, *partition, Offset::Offset(since))
            .map_err(failed)?;
    }
    let found = consumer
        .offsets_for_times(times, PATIENCE)
        .map_err(failed)?;
    let starts = watermarks.iter().map(|(place, (low, high))| {
        let found = found.find_partition(&place.0, place.1);
        let start = match found.map(|found| found.offset()) {
            Some(Offset::Offset(offset)) => offset.clamp(*low, *high),
            _ => *high,
        };
        (place.clone(), start)
    });
    Ok(starts.collect())
}

fn goals(
    watermarks: &BTreeMap<(String, i32), Watermarks>,
    starts: &Positions,
) -> BTreeMap<(String, i32), Stretch> {
    let goals = watermarks.iter().filter_map(|(place, (_, end))| {
        let (next, end) = (*starts.get(place)?, *end);
        (next < end).then(|| (place.clone(), Stretch { next, end }))
    });
    goals.collect()
}

fn by_topic(partitions: &[(String, i32)], starts: &Positions) -> Vec<Vec<i64>> {
    let of_topic = |(topic, count): &(String, i32)| {
        let offsets =
            (0..*count).filter_map(|partition| starts.get(&(topic.clone(), partition)).copied());
        offsets.collect()
    };
    partitions.iter().map(of_topic).collect()
}

#[allow(clippy::needless_pass_by_value, reason = "as `map_err` wants it")]
fn failed(error: KafkaError) -> LogError {
    log_error(&error)
}
