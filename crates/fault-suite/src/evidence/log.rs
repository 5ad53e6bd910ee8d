//! Reads Kafka past the platform: the ingress topics and the events, from a mark to their end.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use connector_domain::stamp::Stamp;
use connector_domain::wire::{DATE_RECEIVED, TOPIC};
use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::message::{BorrowedMessage, Headers as _};
use rdkafka::metadata::MetadataTopic;
use rdkafka::{Message as _, Offset, TopicPartitionList};
use serde::Deserialize;
use serde_json::Value;

use crate::checker::{Change, LogRecord, Topic};

const CONTROL: &str = "platform.cloud-connector.rhc-message-ingress";
const DATA: &str = "platform.cloud-connector.rhc-data-ingress";
const CHANGES: &str = "platform.cloud-connector.connection-events";

/// The topics that are read.
const TOPICS: [&str; 3] = [CONTROL, DATA, CHANGES];

/// How long Kafka may take to answer a question.
const ANSWER: Duration = Duration::from_secs(10);
/// How long reading may take.
const READING: Duration = Duration::from_mins(1);

/// The next offset of each partition of each topic at some moment.
pub type Marks = BTreeMap<(String, i32), i64>;

/// Kafka, read directly.
#[derive(Clone)]
pub struct Log {
    brokers: String,
}

/// What the log holds of one scenario.
#[derive(Debug, Default)]
pub struct Records {
    /// Numbered records of the ingress topics.
    pub ingress: Vec<LogRecord>,
    /// Changes told.
    pub changes: Vec<Change>,
}

impl Log {
    pub fn at(brokers: &str) -> Self {
        Self {
            brokers: brokers.to_owned(),
        }
    }

    fn consumer(&self, group: &str) -> anyhow::Result<BaseConsumer> {
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", &self.brokers)
            .set("group.id", group)
            .set("enable.auto.commit", "false")
            .set("auto.offset.reset", "error")
            .set("enable.partition.eof", "false")
            .set("message.max.bytes", "4194304");
        Ok(config.create()?)
    }

    /// The ends of the topics now.
    pub async fn marks(&self) -> anyhow::Result<Marks> {
        let this = self.clone();
        tokio::task::spawn_blocking(move || ends(&this.consumer("fault-suite")?)).await?
    }

    /// What came since `from`, of devices whose client id ends with `suffix`.
    pub async fn since(&self, from: Marks, suffix: String) -> anyhow::Result<Records> {
        let this = self.clone();
        let reading = move || this.read(&from, &suffix);
        tokio::task::spawn_blocking(reading).await?
    }

    /// Whether a group has read both ingress topics to their end, and says so.
    pub async fn is_read_by(&self, group: &str) -> anyhow::Result<bool> {
        let (this, group) = (self.clone(), group.to_owned());
        tokio::task::spawn_blocking(move || this.read_by(&group)).await?
    }

    fn read_by(&self, group: &str) -> anyhow::Result<bool> {
        let mut ends = ends(&self.consumer("fault-suite")?)?;
        ends.retain(|(topic, _), end| topic != CHANGES && *end > 0);
        let mut places = TopicPartitionList::new();
        for (topic, partition) in ends.keys() {
            places.add_partition(topic, *partition);
        }
        let committed = self.consumer(group)?.committed_offsets(places, ANSWER)?;
        let is_read = |(topic, partition): &(String, i32), end: &i64| {
            let place = committed.find_partition(topic, *partition);
            place.is_some_and(|place| place.offset() == Offset::Offset(*end))
        };
        Ok(ends.iter().all(|(place, end)| is_read(place, end)))
    }

    /// Removes the records of both ingress topics before these marks, as their retention does.
    pub async fn forget_before(&self, marks: &Marks) -> anyhow::Result<()> {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.brokers);
        let admin: AdminClient<DefaultClientContext> = config.create()?;
        let mut places = TopicPartitionList::new();
        for ((topic, partition), mark) in marks {
            if topic != CHANGES && *mark > 0 {
                places.add_partition_offset(topic, *partition, Offset::Offset(*mark))?;
            }
        }
        let options = AdminOptions::new().request_timeout(Some(ANSWER));
        let removed = admin.delete_records(&places, &options).await?;
        for place in removed.elements() {
            place.error()?;
        }
        Ok(())
    }

    fn read(&self, from: &Marks, suffix: &str) -> anyhow::Result<Records> {
        let consumer = self.consumer("fault-suite")?;
        let mut open = ends(&consumer)?;
        let mut assignment = TopicPartitionList::new();
        open.retain(|place, end| from.get(place).copied().unwrap_or(0) < *end);
        for (topic, partition) in open.keys() {
            let start = from.get(&(topic.clone(), *partition)).copied().unwrap_or(0);
            assignment.add_partition_offset(topic, *partition, Offset::Offset(start))?;
        }
        consumer.assign(&assignment)?;
        let mut records = Records::default();
        let deadline = Instant::now() + READING;
        while !open.is_empty() {
            if Instant::now() > deadline {
                bail!("the topics cannot be read to their end: {open:?} are left");
            }
            let Some(message) = consumer.poll(Duration::from_millis(200)) else {
                continue;
            };
            let message = message?;
            records.add(&message, suffix);
            let place = (message.topic().to_owned(), message.partition());
            if open
                .get(&place)
                .is_some_and(|end| message.offset() + 1 >= *end)
            {
                open.remove(&place);
            }
        }
        Ok(records)
    }
}

fn ends(consumer: &BaseConsumer) -> anyhow::Result<Marks> {
    let mut marks = Marks::new();
    for topic in TOPICS {
        let metadata = consumer
            .fetch_metadata(Some(topic), ANSWER)
            .with_context(|| format!("nothing is known of {topic}"))?;
        let partitions = metadata.topics().iter().flat_map(MetadataTopic::partitions);
        for partition in partitions {
            let (_, end) = consumer.fetch_watermarks(topic, partition.id(), ANSWER)?;
            marks.insert((topic.to_owned(), partition.id()), end);
        }
    }
    Ok(marks)
}

impl Records {
    fn add(&mut self, message: &BorrowedMessage<'_>, suffix: &str) {
        let key = message.key().and_then(|key| std::str::from_utf8(key).ok());
        let Some(client_id) = key.filter(|key| key.ends_with(suffix)) else {
            return;
        };
        let payload = message.payload().unwrap_or_default();
        if message.topic() == CHANGES {
            self.changes.extend(change(client_id, payload));
        } else if let Some(number) = number(payload) {
            let topic = if message.topic() == CONTROL {
                Topic::Control
            } else {
                Topic::Data
            };
            self.ingress.push(LogRecord {
                topic,
                offset: message.offset(),
                client_id: client_id.to_owned(),
                number,
                stamp: stamp(message),
            });
        }
    }
}

/// When the platform received it; 0 where it is no message of a device.
fn stamp(message: &BorrowedMessage<'_>) -> Stamp {
    let header = |name: &str| {
        let headers = message.headers()?;
        let found = headers.iter().find(|header| header.key == name)?;
        std::str::from_utf8(found.value?).ok()
    };
    if header(TOPIC).is_none() {
        return Stamp::default();
    }
    header(DATE_RECEIVED)
        .and_then(Stamp::parse)
        .unwrap_or_default()
}

#[derive(Deserialize)]
struct Numbered<'a> {
    message_id: &'a str,
}

/// The number in the id that the fleet gives its messages; wills, goodbyes and signals have none.
fn number(payload: &[u8]) -> Option<u32> {
    let message: Numbered<'_> = serde_json::from_slice(payload).ok()?;
    let id = message.message_id;
    let number = id.strip_prefix("d-").or_else(|| id.strip_prefix("s-"))?;
    number.parse().ok()
}

fn change(client_id: &str, payload: &[u8]) -> Option<Change> {
    let event: Value = serde_json::from_slice(payload).ok()?;
    let change = &event["data"];
    let number = change["after"]["tags"]["number"].as_str();
    Some(Change {
        client_id: client_id.to_owned(),
        version: change["version"].as_i64()?,
        number: number.and_then(|number| number.parse().ok()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_from_the_ids_of_the_fleet_alone() {
        assert_eq!(
            number(br#"{"type":"data","message_id":"d-17","content":{}}"#),
            Some(17)
        );
        assert_eq!(number(br#"{"message_id":"s-3"}"#), Some(3));
        for other in [
            &b"{\"message_id\":\"will-device-1\"}"[..],
            b"{\"version\":3}",
            b"",
            b"no",
        ] {
            assert_eq!(number(other), None);
        }
    }
}
