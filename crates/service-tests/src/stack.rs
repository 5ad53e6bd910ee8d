//! The roles together: an API server, an mqtt consumer and kafka consumers, on a database of their own.

use std::path::{Path, PathBuf};
use std::process::Output;

use connector_testkit::{Client, free_port};
use tokio::sync::{Mutex, MutexGuard};

use crate::database::Database;
use crate::role::{Role, Settings, run};
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
    database: Database,
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
        let settings = settings(&services, port, options);
        let database = database(&services, path, &settings, "").await;
        // Made once here, lest two roles make them at once.
        run(path, &settings, &["token", "--org", "10000"]).await;
        let as_ingest = on(&settings, database.ingest());
        let kafka_consumers: Vec<_> = (0..options.kafka_consumers)
            .map(|_| Role::spawn("kafka-message-consumer", path, &as_ingest))
            .collect();
        let mqtt_consumer = spawn_mqtt_consumer(&services, path, &settings);
        let api_server = Role::start("api-server", path, &on(&settings, database.api())).await;
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
            database,
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

    /// The stack's database as its owner, for those who read it by SQL. It outlives the stack.
    pub fn database_url(&self) -> String {
        self.database.owner()
    }

    /// The stack's database.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Kafka consumers started from now on read as another group: from the start of the topics.
    pub fn read_as(&mut self, group_id: &str) {
        let name = "KAFKA__GROUP_ID".to_owned();
        self.settings.insert(name, group_id.to_owned());
    }

    /// A caller of the organisation that devices belong to.
    pub async fn client(&self) -> Client {
        let arguments = ["token", "--org", "10000"];
        let printed = self.run(&arguments).await;
        let token = String::from_utf8(printed.stdout).expect("a token is text");
        Client::new(self.api.clone(), token.trim().to_owned())
    }

    /// Starts an mqtt consumer, in place of one that ended or beside it.
    pub fn new_mqtt_consumer(&self) -> Role {
        spawn_mqtt_consumer(&self.services, &self.directory, &self.settings)
    }

    /// Starts a kafka consumer.
    pub fn new_kafka_consumer(&self) -> Role {
        let settings = on(&self.settings, self.database.ingest());
        Role::spawn("kafka-message-consumer", &self.directory, &settings)
    }

    /// Starts an API server in place of the one that ended, on the same port.
    pub fn new_api_server(&self) -> Role {
        let settings = on(&self.settings, self.database.api());
        Role::spawn("api-server", &self.directory, &settings)
    }

    /// Runs a command of the binary to its end on this stack, with the rights of the tables' owner; panics unless it
    /// succeeds.
    pub async fn run(&self, arguments: &[&str]) -> Output {
        self.run_on(&self.database_url(), arguments).await
    }

    /// The same, on another database or as somebody else.
    pub async fn run_on(&self, database_url: &str, arguments: &[&str]) -> Output {
        let settings = on(&self.settings, database_url.to_owned());
        run(&self.directory, &settings, arguments).await
    }

    /// Another database with every table, and nothing in it.
    pub async fn empty_database(&self, name: &str) -> Database {
        database(&self.services, &self.directory, &self.settings, name).await
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

/// A migrated database, whose name begins as the stack's directory does.
async fn database(
    services: &Services,
    directory: &Path,
    settings: &Settings,
    name: &str,
) -> Database {
    let stack = directory.file_name().unwrap_or_default();
    let stack = stack.to_str().unwrap_or_default();
    let name = format!("{stack}{name}");
    let database = Database::create(&services.postgres_admin_url, &name).await;
    run(directory, &on(settings, database.owner()), &["migrate"]).await;
    database.grant().await;
    database
}

/// These settings, on a database.
fn on(settings: &Settings, database_url: String) -> Settings {
    let mut settings = settings.clone();
    settings.insert("DATABASE__URL".to_owned(), database_url);
    settings
}

fn settings(services: &Services, port: u16, options: StackOptions) -> Settings {
    let authority = services.certificates.join("services/ca.pem");
    let mut settings = Settings::from(
        [
            ("HTTP__PORT", port.to_string()),
            ("MQTT__URL", format!("mqtts://{}", services.mqtt_services)),
            ("MQTT__CA_FILE", authority.display().to_string()),
            ("KAFKA__BROKERS", services.kafka.clone()),
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
