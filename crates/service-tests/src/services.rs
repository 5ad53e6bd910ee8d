//! Where the services are, from the environment that `scripts/services env` prints.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;

use connector_device::Identity;
use connector_testkit::RawDevice;
use connector_transport::embedded::Authority;
use tokio::process::Command;

/// One of the services, by the name `scripts/services` has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// The MQTT broker.
    Mosquitto,
    /// The log.
    Kafka,
    /// The database.
    Postgres,
}

impl Service {
    fn name(self) -> &'static str {
        match self {
            Self::Mosquitto => "mosquitto",
            Self::Kafka => "kafka",
            Self::Postgres => "postgres",
        }
    }
}

/// Addresses and files of the running services.
#[derive(Debug, Clone)]
pub struct Services {
    /// Directory of their data and logs.
    pub directory: PathBuf,
    /// The two authorities and what they signed.
    pub certificates: PathBuf,
    /// Mosquitto's listener for devices.
    pub mqtt_devices: SocketAddr,
    /// Mosquitto's listener for our services.
    pub mqtt_services: SocketAddr,
    /// Kafka, plain.
    pub kafka: String,
    /// Kafka, with TLS, user name and password.
    pub kafka_sasl: String,
    /// User name there.
    pub kafka_user: String,
    /// Password there.
    pub kafka_password: String,
    /// Authority of Kafka's certificate there.
    pub kafka_ca: String,
    /// PostgreSQL as its administrator.
    pub postgres_admin_url: String,
}

impl Services {
    /// Reads the environment; panics with what to do when something is missing.
    pub fn from_environment() -> Self {
        let address = |name: &str| {
            variable(name)
                .parse()
                .unwrap_or_else(|_| panic!("{name} is not ADDRESS:PORT"))
        };
        Self {
            directory: variable("CONNECTOR_TEST_SERVICES").into(),
            certificates: variable("CONNECTOR_TEST_CERTS").into(),
            mqtt_devices: address("CONNECTOR_TEST_MQTT_DEVICES"),
            mqtt_services: address("CONNECTOR_TEST_MQTT_SERVICES"),
            kafka: variable("CONNECTOR_TEST_KAFKA"),
            kafka_sasl: variable("CONNECTOR_TEST_KAFKA_SASL"),
            kafka_user: variable("CONNECTOR_TEST_KAFKA_USER"),
            kafka_password: variable("CONNECTOR_TEST_KAFKA_PASSWORD"),
            kafka_ca: variable("CONNECTOR_TEST_KAFKA_CA"),
            postgres_admin_url: variable("CONNECTOR_TEST_POSTGRES_ADMIN_URL"),
        }
    }

    /// A device with a certificate of the devices' authority, not connected yet.
    pub fn device(&self, client_id: &str) -> RawDevice {
        RawDevice::issued_by(
            &self.certificates.join("devices"),
            self.mqtt_devices,
            client_id,
        )
    }

    /// A device's certificate in the hands of a client that goes to the service listener, and would accept its
    /// certificate.
    pub fn device_at_the_service_listener(&self, client_id: &str) -> RawDevice {
        let issued = Authority::open(&self.certificates.join("devices"), "tests")
            .and_then(|devices| devices.issue_client(client_id))
            .expect("the devices' authority signs");
        let services = std::fs::read_to_string(self.certificates.join("services/ca.pem"))
            .expect("the services' authority is there");
        let identity = Identity::from_pem(
            client_id,
            &services,
            &issued.certificate_pem,
            &issued.private_key_pem,
        )
        .expect("a usable certificate");
        RawDevice::presenting(identity, self.mqtt_services)
    }

    /// Stops a service in order; its data stay.
    pub async fn stop(&self, service: Service) {
        self.script("stop", service).await;
    }

    /// Ends a service as a crash does.
    pub async fn kill(&self, service: Service) {
        self.script("kill", service).await;
    }

    /// Starts a service where it was, and waits until it answers.
    pub async fn start(&self, service: Service) {
        self.script("start", service).await;
    }

    /// Stops every process of a service where it is.
    pub async fn pause(&self, service: Service) {
        self.script("pause", service).await;
    }

    /// Lets a paused service go on.
    pub async fn resume(&self, service: Service) {
        self.script("resume", service).await;
    }

    /// Kafka with nothing in it in place of the one there is, on the same ports. Its user has another password.
    pub async fn recreate_kafka(&self) {
        self.stop(Service::Kafka).await;
        std::fs::remove_dir_all(self.directory.join("kafka")).expect("the directory is ours");
        self.run_script(&["up"]).await;
    }

    async fn script(&self, verb: &str, service: Service) {
        self.run_script(&[verb, service.name()]).await;
    }

    async fn run_script(&self, arguments: &[&str]) {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/services");
        // A started service inherits our standard error: nobody may wait for its end.
        let status = Command::new(script)
            .args(arguments)
            .arg(&self.directory)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .await
            .expect("scripts/services can be run");
        assert!(status.success(), "scripts/services {arguments:?}: {status}");
    }
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: these tests need real services; run them with `scripts/services run cargo test …`")
    })
}
