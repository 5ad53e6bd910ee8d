//! Where a letter is replayed to, and as what.

use bytes::Bytes;
use connector_domain::port::OutgoingRecord;
use connector_domain::stamp::Stamp;
use connector_domain::wire::{Channel, DATE_RECEIVED, SIGNAL, TopicPrefix};

use super::letter::Letter;
use crate::dead_letter::REPLAYED_FROM;

/// Topics that letters come from and go to, and what devices' MQTT topics begin with.
#[derive(Debug, Clone)]
pub struct Topics {
    /// What devices say on their control channel, and signals.
    pub control: String,
    /// What devices say on their data channel.
    pub data: String,
    /// What cannot be processed.
    pub dead_letter: String,
    /// Levels of a device's topics before its client id.
    pub topic_prefix: TopicPrefix,
}

/// Why a letter cannot be replayed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    /// A part of it is lost.
    #[error("its payload was cut: a part of it is lost")]
    Cut,
    /// It did not come from a topic of ours.
    #[error("it came from {0:?}, which is no ingress topic")]
    ForeignOrigin(String),
    /// Its MQTT topic is still not one that devices publish on.
    #[error("{0:?} is not a topic that devices publish on")]
    ForeignTopic(String),
}

/// The record to append.
pub(super) fn record(letter: &Letter, topics: &Topics) -> Result<OutgoingRecord, Obstacle> {
    if letter.heading.is_cut() {
        return Err(Obstacle::Cut);
    }
    let (topic, key) = destination(letter, topics)?;
    Ok(OutgoingRecord {
        topic,
        key,
        headers: headers(letter),
        value: Some(letter.payload.clone()),
    })
}

/// A record that never reached Kafka goes where it would have gone.
fn destination(letter: &Letter, topics: &Topics) -> Result<(String, Option<Bytes>), Obstacle> {
    let origin = letter.heading.origin.as_str();
    let foreign = || Obstacle::ForeignOrigin(origin.to_owned());
    if let Some(mqtt_topic) = origin.strip_prefix("mqtt:") {
        let read = topics.topic_prefix.parse_from_device(mqtt_topic);
        let (client_id, channel) =
            read.map_err(|_| Obstacle::ForeignTopic(mqtt_topic.to_owned()))?;
        let topic = match channel {
            Channel::Control => &topics.control,
            Channel::Data => &topics.data,
        };
        let key = Bytes::copy_from_slice(client_id.as_str().as_bytes());
        return Ok((topic.clone(), Some(key)));
    }
    let place = origin.strip_prefix("kafka:").ok_or_else(foreign)?;
    let topic = place.rsplitn(3, '/').nth(2).ok_or_else(foreign)?;
    if topic != topics.control && topic != topics.data {
        return Err(foreign());
    }
    Ok((topic.to_owned(), letter.key.clone()))
}

/// Those it had, and where it was replayed from. Its place in its device's order stays: where its stamp was not believed
/// or not there, the record's own time decided, of which the time it was set aside is what is left.
fn headers(letter: &Letter) -> Vec<(&'static str, String)> {
    let mut headers: Vec<(&'static str, String)> = letter
        .headers
        .iter()
        .filter(|(name, _)| *name != REPLAYED_FROM && *name != DATE_RECEIVED)
        .cloned()
        .collect();
    let given = letter.header(DATE_RECEIVED);
    let stamp = Stamp::of_record(given, letter.heading.set_aside_at);
    if letter.header(SIGNAL).is_none() {
        let kept = given.filter(|text| Stamp::parse(text) == Some(stamp));
        headers.push((
            DATE_RECEIVED,
            kept.map_or_else(|| stamp.to_string(), str::to_owned),
        ));
    }
    headers.push((REPLAYED_FROM, letter.heading.place.to_string()));
    headers
}
