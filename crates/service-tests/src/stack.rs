//! The roles together: an API server, an mqtt consumer and kafka consumers.

use std::path::{Path, PathBuf};

use connector_testkit::Client;
use tokio::sync::{Mutex, MutexGuard};

use crate::role::{Role, Settings, free_port, run};
use crate::services::Services;

/// One stack at a time: all of them share the services, the consumer's client id and the topics.
static TURN: Mutex<()> = Mutex::const_new(());

/// What a stack is made of.
#[derive(Debug, Clone, Copy)]
pub struct StackOptions {
    /// How many kafka consumers share the partitions.
    pub kafka_consumers: usize,
    /// How Kafka is reached.
    pub secure_kafka: bool,
}

impl Default for StackOptions {
    fn default() -> Self {
        Self {
            kafka_consumers: 2,
            secure_kafka: false,
        }
    }
}

/// Every role of the platform, each in a process of its own.
pub struct Stack {
    /// What the roles run on.
    pub services: Services,
    /// `api-server`.
    pub api_server: Role,
    /// `mqtt-message-consumer`.
    pub mqtt_consumer: Role,
    /// `kafka-message-consumer`, one or more.
    pub kafka_consumers: Vec<Role>,
    settings: Settings,
    api: String,
    directory: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

impl Stack {
    /// Starts one on an empty database, and waits until every role is ready and devices are heard.
    pub async fn start() -> Self {
        Self::start_with(StackOptions::default()).await
    }

    /// The same, with other parts.
    pub async fn start_with(options: StackOptions) -> Self {
        let turn = TURN.lock().await;
        let services = Services::from_environment();
        let directory = directory(&services);
        let path = directory.as_path();
        let port = free_port();
        let settings = settings(&services, path, port, options);
        run(path, &settings, &["migrate"]).await;
        // Made once here, lest two roles make them at once.
        run(path, &settings, &["token", "--org", "10000"]).await;
        let kafka_consumers: Vec<_> = (0..options.kafka_consumers)
            .map(|_| Role::spawn("kafka-message-consumer", path, &settings))
            .collect();
        let mqtt_consumer = spawn_mqtt_consumer(&services, path, &settings);
        let api_server = Role::start("api-server", path, &settings).await;
        mqtt_consumer.until_holding().await;
        for consumer in &kafka_consumers {
            consumer.until_ready().await;
        }
        Self {
            services,
            api_server,
            mqtt_consumer,
            kafka_consumers,
            settings,
            api: format!("http://127.0.0.1:{port}"),
            directory,
            _turn: turn,
        }
    }

    /// A client id that no earlier stack has used: Kafka remembers what their devices said.
    pub fn id(&self, name: &str) -> String {
        let directory = self.directory.file_name().unwrap_or_default();
        let (_, unique) = directory
            .to_str()
            .and_then(|name| name.split_once('-'))
            .unwrap_or_default();
        format!("{name}-{unique}")
    }

    /// A caller of the organisation that devices belong to.
    pub async fn client(&self) -> Client {
        let arguments = ["token", "--org", "10000"];
        let printed = run(&self.directory, &self.settings, &arguments).await;
        let token = String::from_utf8(printed.stdout).expect("a token is text");
        Client::new(self.api.clone(), token.trim().to_owned())
    }

    /// Starts an mqtt consumer, in place of one that ended or beside it.
    pub fn new_mqtt_consumer(&self) -> Role {
        spawn_mqtt_consumer(&self.services, &self.directory, &self.settings)
    }

    /// Starts a kafka consumer.
    pub fn new_kafka_consumer(&self) -> Role {
        Role::spawn("kafka-message-consumer", &self.directory, &self.settings)
    }

    /// Stops every role, each of which must drain and end with status 0.
    pub async fn stop(self) {
        self.mqtt_consumer.terminate().await;
        for consumer in self.kafka_consumers {
            consumer.terminate().await;
        }
        self.api_server.terminate().await;
    }
}

/// Beside the services' own, so that logs are kept with theirs when a run fails.
fn directory(services: &Services) -> PathBuf {
    let parent = services.directory.join("stacks");
    std::fs::create_dir_all(&parent).expect("the services' directory is ours");
    let directory = tempfile::Builder::new().prefix("stack-").tempdir_in(parent);
    directory.expect("a directory of its own").keep()
}

/// The mqtt consumer has a certificate of its own: only that may hear devices.
fn spawn_mqtt_consumer(services: &Services, directory: &Path, settings: &Settings) -> Role {
    let mut settings = settings.clone();
    present(&mut settings, services, "consumer");
    Role::spawn("mqtt-message-consumer", directory, &settings)
}

fn settings(services: &Services, directory: &Path, port: u16, options: StackOptions) -> Settings {
    let database = services.database_url.clone();
    let database = database.unwrap_or_else(|| {
        let file = directory.join("connector.db");
        format!("sqlite:{}", file.display())
    });
    let authority = services.certificates.join("services/ca.pem");
    let mut settings = Settings::from(
        [
            ("HTTP__PORT", port.to_string()),
            ("MQTT__URL", format!("mqtts://{}", services.mqtt_services)),
            ("MQTT__CA_FILE", authority.display().to_string()),
            ("KAFKA__BROKERS", services.kafka.clone()),
            ("DATABASE__URL", database),
            // A group of its own reads the topics from their start.
            (
                "KAFKA__GROUP_ID",
                format!("test-{port}-{}", std::process::id()),
            ),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    present(&mut settings, services, "publisher");
    if options.secure_kafka {
        secure(&mut settings, services);
    }
    settings
}

fn present(settings: &mut Settings, services: &Services, name: &str) {
    for (setting, ending) in [("MQTT__CERTIFICATE_FILE", "pem"), ("MQTT__KEY_FILE", "key")] {
        let file = services
            .certificates
            .join(format!("services/{name}.{ending}"));
        settings.insert(setting.to_owned(), file.display().to_string());
    }
}

fn secure(settings: &mut Settings, services: &Services) {
    let values = [
        ("KAFKA__BROKERS", &services.kafka_sasl),
        ("KAFKA__SECURITY", &"sasl-tls".to_owned()),
        ("KAFKA__SASL_MECHANISM", &"SCRAM-SHA-512".to_owned()),
        ("KAFKA__USERNAME", &services.kafka_user),
        ("KAFKA__PASSWORD", &services.kafka_password),
        ("KAFKA__CA_FILE", &services.kafka_ca),
    ];
    for (name, value) in values {
        settings.insert(name.to_owned(), value.clone());
    }
}
