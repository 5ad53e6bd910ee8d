//! The embedded broker and Kafka of all-in-one.

use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::path::Path;

use anyhow::Context;
use connector_domain::clock::{IdSource, System};
use connector_domain::port::TailStart;
use connector_transport::embedded::{
    Authority, Bouncer, Broker, BrokerCertificates, BrokerError, BrokerOptions, EmbeddedKafka,
    IssuedCertificate,
};
use connector_transport::mqtt::CertificateFiles;

use super::Authorities;
use super::endpoints::{ClientCertificate, Endpoints, kafka_settings};
use crate::config::Config;
use crate::http::ListenError;

/// A running broker and Kafka. Both end with it.
pub struct Embedded {
    broker: Broker,
    _kafka: EmbeddedKafka,
}

impl Embedded {
    /// Starts both, and says how our own services reach them.
    pub async fn start(config: &Config) -> anyhow::Result<(Self, Endpoints)> {
        let authorities = Authorities::open(config)?;
        let broker = start_broker(config, &authorities).await?;
        let topics = config.kafka.topics.all();
        let partitions = u32::try_from(config.kafka.embedded_partitions)?;
        let kafka = EmbeddedKafka::start(&topics.map(|topic| (topic, partitions)))?;
        let mut kafka_settings = kafka_settings(config, kafka.bootstrap_servers());
        // The embedded log forms a group of the older protocol only after seconds.
        kafka_settings
            .properties
            .insert("group.protocol".to_owned(), "consumer".to_owned());
        let endpoints = Endpoints {
            kafka: kafka_settings,
            // Offsets start again with the process, so cursors of an earlier one must not be taken for ours.
            log_id: Some(System.message_id().to_string()),
            tail_start: TailStart::Oldest,
            broker_url: format!("mqtts://{}", broker.service_addr()),
            broker_ca: Some(authorities.devices.ca_pem().as_bytes().to_vec()),
            consumer_certificate: Some(service(
                &authorities.services,
                &config.mqtt.consumer_client_id,
            )?),
            publisher_certificate: Some(service(
                &authorities.services,
                &config.mqtt.publisher_client_id,
            )?),
            certificate_files: CertificateFiles::default(),
        };
        Ok((
            Self {
                broker,
                _kafka: kafka,
            },
            endpoints,
        ))
    }

    /// Where devices connect.
    pub fn device_address(&self) -> SocketAddr {
        self.broker.device_addr()
    }

    /// What keeps blocked devices out.
    pub fn bouncer(&self) -> Bouncer {
        self.broker.bouncer()
    }

    /// Lets devices in: from now on there is somebody who takes what they say.
    pub fn admit_devices(&self) {
        self.broker.admit_devices();
    }

    /// Takes nothing more from devices, and waits until what was taken is in Kafka.
    pub async fn drain(&self) {
        self.broker.drain().await;
    }

    /// Ends every connection, then both.
    pub async fn stop(self) {
        self.broker.stop().await;
    }
}

async fn start_broker(config: &Config, authorities: &Authorities) -> anyhow::Result<Broker> {
    let mqtt = &config.mqtt;
    let directory = config.data_dir.join("certs");
    let mut names = vec![
        "localhost",
        "127.0.0.1",
        "::1",
        mqtt.listen_address.as_str(),
    ];
    names.extend(mqtt.listen_names.iter().map(String::as_str));
    let server = authorities.devices.issue_server(&names)?;
    let certificates = certificates(&directory, &server, authorities)?;
    let host = &mqtt.listen_address;
    let device_listener = tokio::net::lookup_host((host.as_str(), mqtt.listen_port))
        .await
        .with_context(|| format!("mqtt.listen_address = {host:?} is not an address"))?
        .next()
        .with_context(|| format!("mqtt.listen_address = {host:?} is not an address"))?;
    let services = vec![
        mqtt.consumer_client_id.clone(),
        mqtt.publisher_client_id.clone(),
    ];
    let options = BrokerOptions {
        device_listener,
        max_packet_size: mqtt.broker_message_bytes,
        devices_wait: true,
        max_inflight: NonZeroU16::new(mqtt.hand_off).context("mqtt.hand_off is 0")?,
        ..BrokerOptions::new(certificates, mqtt.topic_prefix.as_str(), services)
    };
    Broker::start(options).await.map_err(|error| match error {
        BrokerError::AddressInUse { address } => anyhow::Error::from(ListenError::Busy {
            address: address.to_string(),
            setting: "mqtt.listen_port",
        }),
        error => anyhow::Error::from(error).context("the embedded broker cannot start"),
    })
}

fn certificates(
    directory: &Path,
    server: &IssuedCertificate,
    authorities: &Authorities,
) -> anyhow::Result<BrokerCertificates> {
    let files = server
        .write(&directory.join("broker"), "server")
        .context("the broker's certificate cannot be written")?;
    let service_ca = directory.join("broker").join("services-ca.pem");
    std::fs::write(&service_ca, authorities.services.ca_pem())
        .context("the broker's certificate cannot be written")?;
    Ok(BrokerCertificates {
        server_certificate: files.certificate,
        server_key: files.private_key,
        device_ca: files.ca,
        service_ca,
    })
}

fn service(authority: &Authority, name: &str) -> anyhow::Result<ClientCertificate> {
    let issued = authority.issue_client(name)?;
    Ok((
        issued.certificate_pem.into_bytes(),
        issued.private_key_pem.into_bytes(),
    ))
}
