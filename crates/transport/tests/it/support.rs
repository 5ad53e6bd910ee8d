//! A broker with its authorities, and MQTT clients that show what they receive.

mod mqtt311;
mod mqtt5;

pub(crate) use mqtt5::{Client, Refused};
pub(crate) use mqtt311::Client311;

use std::sync::Arc;
use std::time::Duration;

use connector_transport::embedded::{
    Authority, Broker, BrokerCertificates, BrokerOptions, IssuedCertificate,
};
use rumqttc::v5::mqttbytes::v5::ConnectReturnCode;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;

/// Longest time anything may take before the test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const CONSUMER: &str = "consumer";
pub(crate) const API: &str = "api";

/// A running broker, and the authorities that let devices and services in.
pub(crate) struct TestBroker {
    pub(crate) broker: Broker,
    pub(crate) options: BrokerOptions,
    devices: Authority,
    services: Authority,
    _files: TempDir,
}

impl TestBroker {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(adjust: impl FnOnce(&mut BrokerOptions)) -> Self {
        let files = tempfile::tempdir().unwrap();
        let devices = Authority::open(&files.path().join("devices"), "test devices").unwrap();
        let services = Authority::open(&files.path().join("services"), "test services").unwrap();
        let server = devices
            .issue_server(&[])
            .unwrap()
            .write(&files.path().join("broker"), "broker")
            .unwrap();
        let certificates = BrokerCertificates {
            server_certificate: server.certificate,
            server_key: server.private_key,
            device_ca: files.path().join("devices/ca.pem"),
            service_ca: files.path().join("services/ca.pem"),
        };
        let mut options = BrokerOptions::new(
            certificates,
            "redhat/insights",
            vec![CONSUMER.into(), API.into()],
        );
        adjust(&mut options);
        let broker = Broker::start(options.clone()).await.unwrap();
        Self {
            broker,
            options,
            devices,
            services,
            _files: files,
        }
    }

    pub(crate) fn device_port(&self) -> u16 {
        self.broker.device_addr().port()
    }

    pub(crate) fn service_port(&self) -> u16 {
        self.broker.service_addr().port()
    }

    /// TLS with a certificate of the devices' authority.
    pub(crate) fn device_tls(&self, common_name: &str) -> Arc<ClientConfig> {
        self.tls(Some(&self.devices.issue_client(common_name).unwrap()))
    }

    /// TLS with a certificate of the services' authority.
    pub(crate) fn service_tls(&self, common_name: &str) -> Arc<ClientConfig> {
        self.tls(Some(&self.services.issue_client(common_name).unwrap()))
    }

    pub(crate) fn tls(&self, identity: Option<&IssuedCertificate>) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(self.devices.ca_pem().as_bytes()).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        Arc::new(match identity {
            None => config.with_no_client_auth(),
            Some(identity) => {
                let chain = vec![
                    CertificateDer::from_pem_slice(identity.certificate_pem.as_bytes()).unwrap(),
                ];
                let key =
                    PrivateKeyDer::from_pem_slice(identity.private_key_pem.as_bytes()).unwrap();
                config.with_client_auth_cert(chain, key).unwrap()
            }
        })
    }

    /// A device, connected over MQTT 5 with a clean start.
    pub(crate) async fn device(&self, name: &str) -> Client {
        Client::connect(name, self.device_port(), self.device_tls(name), |_| {})
            .await
            .unwrap()
    }

    /// The consumer over MQTT 5, with its persistent session and subscriptions. It acknowledges
    /// only what the test acknowledges.
    pub(crate) async fn consumer(&self) -> Client {
        let tls = self.service_tls(CONSUMER);
        let mut consumer = loop {
            let attempt = Client::connect(CONSUMER, self.service_port(), tls.clone(), |options| {
                options
                    .set_clean_start(false)
                    .set_session_expiry_interval(Some(3600))
                    .set_manual_acks(true);
            });
            match attempt.await {
                Ok(consumer) => break consumer,
                // Another attempt of the same client is still being dealt with.
                Err(Refused::ByBroker(ConnectReturnCode::ServerUnavailable)) => {}
                Err(refused) => panic!("{refused:?}"),
            }
        };
        if !consumer.session_present {
            for filter in [
                "redhat/insights/+/control/out",
                "redhat/insights/+/data/out",
            ] {
                consumer.subscribe(filter).await.unwrap();
            }
        }
        consumer
    }

    /// An API server over MQTT 5.
    pub(crate) async fn api(&self) -> Client {
        Client::connect(
            "api-host-1",
            self.service_port(),
            self.service_tls(API),
            |_| {},
        )
        .await
        .unwrap()
    }
}

pub(crate) fn control_out(device: &str) -> String {
    format!("redhat/insights/{device}/control/out")
}

pub(crate) fn control_in(device: &str) -> String {
    format!("redhat/insights/{device}/control/in")
}
