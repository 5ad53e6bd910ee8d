//! Where the broker and Kafka are, and as whom to reach them: configured, or embedded.

use std::path::PathBuf;
use std::time::Duration;

use connector_domain::port::TailStart;
use connector_transport::{kafka, mqtt};

use crate::cli::WrongUsage;
use crate::config::{Config, Protocol, SaslMechanism, Security};

/// Who connects to the broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MqttRole {
    /// The one consumer, under its fixed client id: its session buffers while it is away.
    Consumer,
    /// A publisher, under a client id of this process.
    Publisher,
}

/// A certificate chain and its key, PEM.
pub(super) type ClientCertificate = (Vec<u8>, Vec<u8>);

/// Where to, and as whom.
#[derive(Clone)]
pub struct Endpoints {
    /// Kafka.
    pub kafka: kafka::Settings,
    /// Names the log; `None` asks Kafka for its cluster id.
    pub log_id: Option<String>,
    /// Where a server's event ring starts.
    pub tail_start: TailStart,
    pub(super) broker_url: String,
    pub(super) broker_ca: Option<Vec<u8>>,
    pub(super) consumer_certificate: Option<ClientCertificate>,
    pub(super) publisher_certificate: Option<ClientCertificate>,
    pub(super) certificate_files: mqtt::CertificateFiles,
}

impl Endpoints {
    /// The configured services. Only all-in-one has embedded ones, so both addresses are needed.
    pub fn configured(config: &Config) -> anyhow::Result<Self> {
        let mqtt = &config.mqtt;
        let kafka = configured_kafka(config).ok_or_else(|| {
            let problem = "kafka.brokers is needed by a role that runs alone; all-in-one has a Kafka of its own";
            WrongUsage(problem.to_owned())
        })?;
        let client = set(&mqtt.certificate_file).zip(set(&mqtt.key_file));
        let certificate_files = mqtt::CertificateFiles {
            ca: set(&mqtt.ca_file).map(PathBuf::from),
            client: client.map(|(chain, key)| (PathBuf::from(chain), PathBuf::from(key))),
            ..mqtt::CertificateFiles::default()
        };
        Ok(Self {
            kafka,
            log_id: None,
            tail_start: TailStart::Ago(Duration::from_secs(config.limits.event_ring_seconds)),
            broker_url: mqtt.url.clone(),
            broker_ca: None,
            consumer_certificate: None,
            publisher_certificate: None,
            certificate_files,
        })
    }

    /// How to reach the broker in a role.
    pub fn mqtt(&self, config: &Config, role: MqttRole) -> anyhow::Result<mqtt::Settings> {
        let mqtt = &config.mqtt;
        if self.broker_url.is_empty() {
            return Err(WrongUsage(
                "mqtt.url is needed by this role; all-in-one has a broker of its own".to_owned(),
            )
            .into());
        }
        let (client_id, certificate) = match role {
            MqttRole::Consumer => (mqtt.consumer_client_id.clone(), &self.consumer_certificate),
            MqttRole::Publisher => (
                publisher_id(&mqtt.publisher_client_id),
                &self.publisher_certificate,
            ),
        };
        Ok(mqtt::Settings {
            ca_pem: self.broker_ca.clone(),
            client_certificate: certificate.clone(),
            certificate_files: self.certificate_files.clone(),
            username: set(&mqtt.username),
            password: set(&mqtt.password),
            protocol: match mqtt.protocol {
                Protocol::V5 => mqtt::Protocol::V5,
                Protocol::V311 => mqtt::Protocol::V311,
            },
            max_packet_size: mqtt.client_packet_bytes,
            ..mqtt::Settings::new(self.broker_url.clone(), client_id)
        })
    }
}

/// The configured Kafka; `None` where there is only the embedded one of all-in-one, which no other process reaches.
pub fn configured_kafka(config: &Config) -> Option<kafka::Settings> {
    let brokers = set(&config.kafka.brokers)?;
    Some(kafka::Settings {
        security: kafka_security(config),
        ..kafka_settings(config, brokers)
    })
}

/// Unique per process, since the broker ends the older of two connections with one id.
fn publisher_id(prefix: &str) -> String {
    let host: String = gethostname::gethostname()
        .to_string_lossy()
        .chars()
        .filter(|c| !matches!(c, '+' | '#' | '/'))
        .collect();
    format!("{prefix}-{host}-{}", std::process::id())
}

pub(super) fn kafka_settings(config: &Config, brokers: String) -> kafka::Settings {
    let properties = config
        .kafka
        .properties
        .iter()
        .filter_map(|property| property.split_once('='));
    let properties = properties
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect();
    kafka::Settings {
        properties,
        message_max_bytes: config.kafka.message_max_bytes,
        ..kafka::Settings::new(brokers, "cloud-connector")
    }
}

fn kafka_security(config: &Config) -> kafka::Security {
    let kafka = &config.kafka;
    let sasl = kafka::Sasl {
        mechanism: match kafka.sasl_mechanism {
            SaslMechanism::Plain => kafka::Mechanism::Plain,
            SaslMechanism::ScramSha256 => kafka::Mechanism::ScramSha256,
            SaslMechanism::ScramSha512 => kafka::Mechanism::ScramSha512,
        },
        username: kafka.username.clone(),
        password: kafka.password.clone(),
    };
    let tls = kafka::Tls {
        ca_file: set(&kafka.ca_file),
        certificate: set(&kafka.certificate_file).zip(set(&kafka.key_file)),
    };
    match kafka.security {
        Security::Plaintext => kafka::Security::Plaintext,
        Security::Tls => kafka::Security::Tls(tls),
        Security::SaslPlaintext => kafka::Security::SaslPlaintext(sasl),
        Security::SaslTls => kafka::Security::SaslTls(sasl, tls),
    }
}

/// A setting, where it is set.
fn set(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
