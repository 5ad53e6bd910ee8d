//! One delivery on its way to the log, and the record it becomes.

use bytes::Bytes;
use connector_domain::id::ClientId;
use connector_domain::limits::DEAD_LETTER_BYTES;
use connector_domain::port::{Delivery, OutgoingRecord};
use connector_domain::stamp::Stamp;
use connector_domain::wire::{Channel, DATE_RECEIVED, MQTT_MESSAGE_ID, TOPIC};
use tokio::time::Instant;

use super::Options;
use crate::dead_letter::DeadLetter;
use crate::rejection::{Reason, Rejection};

/// A delivery and where it goes.
pub(super) struct Letter {
    pub(super) delivery: Delivery,
    /// When it was taken from the broker.
    pub(super) since: Instant,
    /// Who published it; `None` when its topic does not tell.
    pub(super) client_id: Option<ClientId>,
    pub(super) destination: Destination,
}

/// Which topic of the log.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// The ingress topic of a channel.
    Ingress(Channel),
    /// The dead-letter topic.
    DeadLetter {
        rejection: Rejection,
        /// Most bytes of the payload to keep.
        kept_bytes: usize,
    },
}

impl Letter {
    /// Reads the topic. One that no device publishes on makes a dead letter.
    pub(super) fn address(delivery: Delivery, options: &Options) -> Self {
        let since = Instant::now();
        match options.topic_prefix.parse_from_device(&delivery.topic) {
            Ok((client_id, channel)) => Self {
                delivery,
                since,
                client_id: Some(client_id),
                destination: Destination::Ingress(channel),
            },
            Err(error) => Self {
                delivery,
                since,
                client_id: None,
                destination: Destination::DeadLetter {
                    rejection: Rejection::new(Reason::ForeignTopic, error.to_string()),
                    kept_bytes: DEAD_LETTER_BYTES,
                },
            },
        }
    }

    pub(super) fn is_dead(&self) -> bool {
        matches!(self.destination, Destination::DeadLetter { .. })
    }

    /// The log will never take it as it is. A dead letter that is too large goes without its payload.
    pub(super) fn shrink(&mut self) {
        let kept_bytes = if self.is_dead() { 0 } else { DEAD_LETTER_BYTES };
        self.destination = Destination::DeadLetter {
            rejection: Rejection::new(Reason::TooLarge, ""),
            kept_bytes,
        };
    }

    /// Bytes it takes while it waits.
    pub(super) fn bytes(&self) -> usize {
        self.delivery
            .payload
            .len()
            .saturating_add(self.delivery.topic.len())
    }

    /// The record to append: key, value and headers as the existing service writes them.
    pub(super) fn record(&self, stamp: Stamp, options: &Options) -> OutgoingRecord {
        let delivery = &self.delivery;
        let key = self
            .client_id
            .as_ref()
            .map(|client_id| Bytes::copy_from_slice(client_id.as_str().as_bytes()));
        let headers = vec![
            (TOPIC, delivery.topic.clone()),
            (MQTT_MESSAGE_ID, delivery.packet_id.to_string()),
            (DATE_RECEIVED, stamp.to_string()),
        ];
        match &self.destination {
            Destination::Ingress(channel) => OutgoingRecord {
                topic: options.ingress_topic(*channel).to_owned(),
                key,
                headers,
                value: Some(delivery.payload.clone()),
            },
            Destination::DeadLetter {
                rejection,
                kept_bytes,
            } => DeadLetter {
                key,
                value: &delivery.payload,
                kept_bytes: *kept_bytes,
                headers,
                origin: format!("mqtt:{}", delivery.topic),
                rejection,
            }
            .into_record(&options.dead_letter_topic),
        }
    }
}
