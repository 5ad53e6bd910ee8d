//! A broker with settings for our links to it, and a wire that can be cut.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use connector_transport::embedded::{
    Authority, Broker, BrokerCertificates, BrokerOptions, IssuedCertificate,
};
use connector_transport::mqtt::{Inbox, InboxOptions, Publisher, PublisherOptions, Settings};
use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Longest time anything may take before the test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const CONSUMER: &str = "consumer";
pub(crate) const API: &str = "api";

pub(crate) struct LinkBroker {
    broker: Broker,
    devices: Authority,
    services: Authority,
    _files: TempDir,
}

impl LinkBroker {
    pub(crate) async fn start() -> Self {
        let files = tempfile::tempdir().unwrap();
        let devices = Authority::open(&files.path().join("devices"), "test devices").unwrap();
        let services = Authority::open(&files.path().join("services"), "test services").unwrap();
        let server = devices.issue_server(&[]).unwrap();
        let server = server
            .write(&files.path().join("broker"), "broker")
            .unwrap();
        let certificates = BrokerCertificates {
            server_certificate: server.certificate,
            server_key: server.private_key,
            device_ca: files.path().join("devices/ca.pem"),
            service_ca: files.path().join("services/ca.pem"),
        };
        let services_names = vec![CONSUMER.into(), API.into()];
        let options = BrokerOptions::new(certificates, "redhat/insights", services_names);
        Self {
            broker: Broker::start(options).await.unwrap(),
            devices,
            services,
            _files: files,
        }
    }

    pub(crate) fn service_addr(&self) -> SocketAddr {
        self.broker.service_addr()
    }

    /// As a service; its client id is its name.
    pub(crate) fn service(&self, name: &str, port: u16) -> Settings {
        self.settings(name, port, self.services.issue_client(name).unwrap())
    }

    /// As a device.
    pub(crate) fn device(&self, name: &str) -> Settings {
        let port = self.broker.device_addr().port();
        self.settings(name, port, self.devices.issue_client(name).unwrap())
    }

    fn settings(&self, client_id: &str, port: u16, identity: IssuedCertificate) -> Settings {
        let mut settings = Settings::new(format!("mqtts://127.0.0.1:{port}"), client_id);
        settings.ca_pem = Some(self.devices.ca_pem().as_bytes().to_vec());
        settings.client_certificate = Some((
            identity.certificate_pem.into_bytes(),
            identity.private_key_pem.into_bytes(),
        ));
        settings
    }
}

/// A consumer's inbox for everything that devices say on their control topics.
pub(crate) fn inbox(settings: &Settings, hand_off: u16) -> Inbox {
    let options = InboxOptions {
        filters: vec!["redhat/insights/+/control/out".to_owned()],
        hand_off,
        session_expiry: Duration::from_hours(1),
    };
    Inbox::start(
        settings,
        options,
        &TaskTracker::new(),
        &CancellationToken::new(),
    )
    .unwrap()
}

pub(crate) fn publisher(settings: &Settings) -> Publisher {
    let options = PublisherOptions::default();
    Publisher::start(
        settings,
        &options,
        &TaskTracker::new(),
        &CancellationToken::new(),
    )
    .unwrap()
}

pub(crate) async fn eventually(what: &str, holds: impl Fn() -> bool) {
    let held = timeout(PATIENCE, async {
        while !holds() {
            sleep(Duration::from_millis(5)).await;
        }
    });
    assert!(held.await.is_ok(), "not in time: {what}");
}

/// A wire to an address, which can be cut: both ends see the connection break.
pub(crate) struct Wire {
    pub(crate) port: u16,
    cut: watch::Sender<u64>,
    connections: Arc<AtomicUsize>,
    _forwarding: JoinSet<()>,
}

impl Wire {
    pub(crate) async fn to(address: SocketAddr) -> Self {
        Self::between((Ipv4Addr::LOCALHOST, 0).into(), address).await
    }

    /// To an address, from one that is given.
    pub(crate) async fn between(near: SocketAddr, address: SocketAddr) -> Self {
        let listener = TcpListener::bind(near).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (cut, watcher) = watch::channel(0);
        let connections = Arc::<AtomicUsize>::default();
        let counted = connections.clone();
        let mut forwarding = JoinSet::new();
        forwarding.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((mut near, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let mut watcher = watcher.clone();
                watcher.mark_unchanged();
                connections.spawn(async move {
                    let mut far = TcpStream::connect(address).await.unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        _ = watcher.changed() => {}
                    }
                });
            }
        });
        Self {
            port,
            cut,
            connections,
            _forwarding: forwarding,
        }
    }

    /// How many were made over it so far.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn cut(&self) {
        self.cut.send_modify(|cuts| *cuts += 1);
    }
}
