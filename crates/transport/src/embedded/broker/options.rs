use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU16;
use std::path::PathBuf;

use super::BrokerError;

/// The smallest `max_packet_size` that leaves room for a CONNECT with a long client id and a will.
const SMALLEST_PACKET_LIMIT: u32 = 4096;
/// The largest packet MQTT can express.
const LARGEST_PACKET_LIMIT: u32 = 268_435_455;

/// Files (PEM) that identify the broker and say whom it believes. They are read once, at start.
#[derive(Debug, Clone)]
pub struct BrokerCertificates {
    /// The broker's certificate, shown on both listeners.
    pub server_certificate: PathBuf,
    /// Its private key.
    pub server_key: PathBuf,
    /// The authority of the devices' certificates.
    pub device_ca: PathBuf,
    /// The authority of the services' certificates. It must be another one than the devices'.
    pub service_ca: PathBuf,
}

/// How the broker runs.
#[derive(Debug, Clone)]
pub struct BrokerOptions {
    /// Where devices connect. Port 0 takes a free one.
    pub device_listener: SocketAddr,
    /// Where services connect. Port 0 takes a free one.
    pub service_listener: SocketAddr,
    /// Who the broker is and whom it believes.
    pub certificates: BrokerCertificates,
    /// Largest MQTT packet a device may send, in bytes; 256 KiB by default. A larger one ends its
    /// connection. Services are given 1 KiB more, because the properties of MQTT 5 make a packet
    /// grow on its way.
    pub max_packet_size: u32,
    /// How many messages a service may have unacknowledged; 128 by default. This is the receive
    /// maximum announced to services and the most the broker delivers to one unacknowledged. An
    /// MQTT 5 client may ask for less; one of MQTT 3.1.1 cannot, so this must not exceed what the
    /// consumer can hold.
    pub max_inflight: NonZeroU16,
    /// How many messages are kept for a service that is away or slow; 100,000 by default. Beyond it
    /// the oldest are dropped (counted in the metric `mqtt_broker_dropped_total`). They are held in
    /// memory: a full queue of large messages is large.
    pub max_queued: usize,
    /// What every topic starts with, e.g. `redhat/insights`, without a slash at either end.
    pub topic_prefix: String,
    /// Whether devices wait at CONNECT until [`super::Broker::admit_devices`]; false by default.
    pub devices_wait: bool,
    /// Common names of the services' certificates. No device may have one of them, or one followed
    /// by `-`, as its client id.
    pub service_names: Vec<String>,
}

impl BrokerOptions {
    /// Options for a broker on free ports of the loopback interface, with the defaults named at
    /// each field.
    pub fn new(
        certificates: BrokerCertificates,
        topic_prefix: impl Into<String>,
        service_names: Vec<String>,
    ) -> Self {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            device_listener: any_port,
            service_listener: any_port,
            certificates,
            max_packet_size: 256 * 1024,
            max_inflight: const { NonZeroU16::new(128).expect("128 is not zero") },
            max_queued: 100_000,
            topic_prefix: topic_prefix.into(),
            devices_wait: false,
            service_names,
        }
    }

    pub(super) fn validate(&self) -> Result<(), BrokerError> {
        if !(SMALLEST_PACKET_LIMIT..=LARGEST_PACKET_LIMIT).contains(&self.max_packet_size) {
            return invalid(
                "max_packet_size",
                format!(
                    "{} is not in {SMALLEST_PACKET_LIMIT}..={LARGEST_PACKET_LIMIT}",
                    self.max_packet_size
                ),
            );
        }
        if self.max_queued == 0 {
            return invalid("max_queued", "it must be at least 1");
        }
        let prefix = &self.topic_prefix;
        if prefix.starts_with('$')
            || prefix.contains(['+', '#', '\0'])
            || prefix.split('/').any(str::is_empty)
        {
            return invalid(
                "topic_prefix",
                format!("{prefix:?} is not a plain topic without a slash at either end"),
            );
        }
        self.validate_service_names()
    }

    fn validate_service_names(&self) -> Result<(), BrokerError> {
        for (index, name) in self.service_names.iter().enumerate() {
            if name.is_empty() || name.starts_with('$') || name.contains(['+', '#', '/', '\0']) {
                return invalid(
                    "service_names",
                    format!("{name:?} cannot be the name of a client"),
                );
            }
            // Otherwise `api` could connect as `api-consumer` and take that service's session.
            for (other_index, other) in self.service_names.iter().enumerate() {
                if index != other_index
                    && (other == name
                        || other
                            .strip_prefix(name)
                            .is_some_and(|rest| rest.starts_with('-')))
                {
                    return invalid(
                        "service_names",
                        format!("{other:?} could also be an instance of {name:?}"),
                    );
                }
            }
        }
        Ok(())
    }
}

fn invalid(option: &'static str, reason: impl Into<String>) -> Result<(), BrokerError> {
    Err(BrokerError::InvalidOption {
        option,
        reason: reason.into(),
    })
}
