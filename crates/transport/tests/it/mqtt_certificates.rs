//! Certificates that are renewed in their files.

use std::fs;
use std::time::Duration;

use connector_domain::port::{DeviceInbox, LinkError};
use connector_transport::mqtt::{CertificateFiles, Settings, SettingsError};
use tempfile::TempDir;
use tokio::time::timeout;

use crate::link_broker::{CONSUMER, LinkBroker, PATIENCE, Wire, eventually, inbox};

const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Certificates in files of their own.
struct Files {
    directory: TempDir,
}

impl Files {
    fn of(settings: &Settings) -> Self {
        let files = Self {
            directory: tempfile::tempdir().unwrap(),
        };
        files.write("ca.pem", settings.ca_pem.as_ref().unwrap());
        let (chain, key) = settings.client_certificate.as_ref().unwrap();
        files.write("own.pem", chain);
        files.write("own.key", key);
        files
    }

    fn write(&self, name: &str, content: &[u8]) {
        fs::write(self.directory.path().join(name), content).unwrap();
    }

    /// The settings with what is in the files.
    fn named_in(&self, settings: &Settings) -> Settings {
        let path = |name| self.directory.path().join(name);
        Settings {
            ca_pem: None,
            client_certificate: None,
            certificate_files: CertificateFiles {
                ca: Some(path("ca.pem")),
                client: Some((path("own.pem"), path("own.key"))),
                look_every: LOOK_EVERY,
            },
            ..settings.clone()
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_certificate_is_used_at_once_and_half_a_change_is_not() {
    let broker = LinkBroker::start().await;
    let wire = Wire::to(broker.service_addr()).await;
    let settings = broker.service(CONSUMER, wire.port);
    let files = Files::of(&settings);
    let inbox = inbox(&files.named_in(&settings), 8);
    eventually("it is subscribed", || inbox.is_connected()).await;

    let (chain, key) = broker
        .service(CONSUMER, wire.port)
        .client_certificate
        .unwrap();
    files.write("own.pem", &chain);
    tokio::time::sleep(4 * LOOK_EVERY).await;
    assert_eq!(wire.connections(), 1, "the key is another's");
    files.write("own.key", &key);
    eventually("it connects again", || wire.connections() == 2).await;
    eventually("it is subscribed again", || inbox.is_connected()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn certificates_are_read_again_before_every_attempt_to_connect() {
    let (broker, other) = (LinkBroker::start().await, LinkBroker::start().await);
    let good = broker.service(CONSUMER, broker.service_addr().port());
    let bad = other.service(CONSUMER, 1);
    let files = Files::of(&bad);
    let mut settings = files.named_in(&good);
    settings.certificate_files.look_every = Duration::from_hours(1);
    let inbox = inbox(&settings, 8);
    let told = timeout(PATIENCE, inbox.next()).await.unwrap();
    assert!(matches!(told, Err(LinkError::Refused(_))), "{told:?}");

    files.write("ca.pem", good.ca_pem.as_ref().unwrap());
    let (chain, key) = good.client_certificate.as_ref().unwrap();
    files.write("own.pem", chain);
    files.write("own.key", key);
    eventually("it is subscribed", || inbox.is_connected()).await;
}

#[tokio::test]
async fn a_file_that_is_missing_at_start_is_named() {
    let broker = LinkBroker::start().await;
    let settings = broker.service(CONSUMER, 1);
    let files = Files::of(&settings);
    let settings = files.named_in(&settings);
    fs::remove_file(files.directory.path().join("own.key")).unwrap();
    let refused = settings.check();
    assert!(
        matches!(&refused, Err(SettingsError::Certificates(reason)) if reason.contains("own.key")),
        "{refused:?}"
    );
}
