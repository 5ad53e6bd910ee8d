//! What a role asks of Kafka before it starts.

use std::collections::BTreeMap;

use anyhow::Context;
use connector_transport::kafka::{Patience, await_topics, verify_record_size};

use super::Endpoints;
use crate::config::Config;

/// What a record has beside a message of a device: its key, headers and framing. The topic of the message, which is a
/// header, counts in the packet too.
const AROUND_A_MESSAGE: usize = 1024;

/// Waits for Kafka and these topics, for a bounded time, says how many partitions each has, and refuses topics that do not take every message that is let
/// in: what Kafka does not take could only be set aside.
pub async fn await_kafka(
    config: &Config,
    endpoints: &Endpoints,
    topics: &[&str],
) -> anyhow::Result<BTreeMap<String, i32>> {
    let kafka = &endpoints.kafka;
    let counts = await_topics(kafka, topics, Patience::default())
        .await
        .context("kafka cannot be used")?;
    let packet = usize::try_from(config.mqtt.client_packet_bytes)?;
    // Nothing is ever written to the lease.
    let written: Vec<&str> = topics
        .iter()
        .copied()
        .filter(|topic| *topic != config.kafka.topics.lease)
        .collect();
    verify_record_size(kafka, &written, packet + AROUND_A_MESSAGE)
        .await
        .with_context(|| {
            format!(
                "limits must nest: raise the topic's limit, or lower mqtt.client_packet_bytes ({packet}), which must stay \
                 above mqtt.broker_message_bytes ({})",
                config.mqtt.broker_message_bytes
            )
        })?;
    Ok(counts)
}
