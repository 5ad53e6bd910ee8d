//! The settings as types. `config.default.toml` says what each is for.

#![allow(
    missing_docs,
    reason = "config.default.toml documents every key, and a test holds both to the same keys"
)]

use std::path::PathBuf;

use connector_domain::caller::Permission;
use jsonwebtoken::Algorithm;
use serde::{Deserialize, Serialize};

use super::tenancy::Tenancy;

/// All settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub http: Http,
    pub management: Management,
    pub log: Log,
    pub lifecycle: Lifecycle,
    pub mqtt: Mqtt,
    pub kafka: Kafka,
    pub database: Database,
    pub auth: Auth,
    pub tenancy: Tenancy,
    pub limits: Limits,
    /// Directory of what the process makes itself. From `--data-dir`, not from a file.
    #[serde(skip)]
    pub data_dir: PathBuf,
    /// The file given by `--config`.
    #[serde(skip)]
    pub file: Option<PathBuf>,
}

/// The API and the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    pub address: String,
    pub port: u16,
    pub max_connections: usize,
    pub max_body_bytes: usize,
    pub operation_timeout_seconds: u64,
    pub allowed_origins: Vec<String>,
    pub ui_dir: String,
}

/// Health and metrics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Management {
    pub address: String,
    pub port: u16,
}

/// Logs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub level: String,
    pub format: LogFormat,
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Human,
    Json,
}

/// Start and stop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifecycle {
    pub drain_seconds: u64,
}

/// The link to devices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mqtt {
    pub url: String,
    pub topic_prefix: String,
    pub protocol: Protocol,
    pub consumer_client_id: String,
    pub publisher_client_id: String,
    pub ca_file: String,
    pub certificate_file: String,
    pub key_file: String,
    pub username: String,
    pub password: String,
    pub broker_message_bytes: u32,
    pub client_packet_bytes: u32,
    pub hand_off: u16,
    pub session_expiry_seconds: u32,
    pub lease_session_seconds: u64,
    pub confirmation_wait_seconds: u64,
    pub listen_address: String,
    pub listen_port: u16,
    pub listen_names: Vec<String>,
}

/// MQTT version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Protocol {
    #[serde(rename = "5")]
    V5,
    #[serde(rename = "3.1.1")]
    V311,
}

/// The log between the parts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kafka {
    pub brokers: String,
    pub group_id: String,
    pub message_max_bytes: usize,
    pub embedded_partitions: i32,
    pub security: Security,
    pub sasl_mechanism: SaslMechanism,
    pub username: String,
    pub password: String,
    pub ca_file: String,
    pub certificate_file: String,
    pub key_file: String,
    pub properties: Vec<String>,
    pub topics: Topics,
}

/// How connections to Kafka are secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Security {
    Plaintext,
    Tls,
    SaslPlaintext,
    SaslTls,
}

impl Security {
    /// Whether a name and a password are used.
    pub fn has_sasl(self) -> bool {
        matches!(self, Self::SaslPlaintext | Self::SaslTls)
    }

    /// Whether connections are encrypted.
    pub fn has_tls(self) -> bool {
        matches!(self, Self::Tls | Self::SaslTls)
    }
}

/// How a password is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SaslMechanism {
    #[serde(rename = "PLAIN")]
    Plain,
    #[serde(rename = "SCRAM-SHA-256")]
    ScramSha256,
    #[serde(rename = "SCRAM-SHA-512")]
    ScramSha512,
}

/// Topic names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topics {
    pub control: String,
    pub data: String,
    pub connection_events: String,
    pub connection_state: String,
    pub message_events: String,
    pub dead_letter: String,
    pub lease: String,
}

impl Topics {
    /// Every topic with records.
    pub fn all(&self) -> [&str; 6] {
        [
            &self.control,
            &self.data,
            &self.connection_events,
            &self.connection_state,
            &self.message_events,
            &self.dead_letter,
        ]
    }
}

/// Where records are kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub url: String,
    pub max_connections: u32,
    pub statement_timeout_seconds: u64,
    pub start_patience_seconds: u64,
}

/// Who may call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    pub issuer: String,
    pub audience: String,
    pub signing_key_file: String,
    pub verification_key_file: String,
    pub verification_algorithm: Algorithm,
    pub shared_key_file: String,
    pub cursor_secret: String,
    pub clock_leeway_seconds: u64,
    pub reload_seconds: u64,
    pub jwks: Jwks,
    pub identity: Identity,
    pub psk: PreSharedKeys,
}

/// The keys of an issuer of tokens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jwks {
    pub file: String,
    pub url: String,
    pub ca_file: String,
    pub refresh_seconds: u64,
}

/// Identities that a gateway vouches for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    pub enabled: bool,
    pub peers: Vec<String>,
    pub types: Vec<String>,
    pub permissions: Vec<Permission>,
    pub org_admin_permissions: Vec<Permission>,
    pub in_connection_init: bool,
    pub session_seconds: u64,
}

/// Keys of services.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreSharedKeys {
    pub file: String,
}

/// Limits for callers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub max_depth: usize,
    pub max_complexity: usize,
    pub max_message_bytes: usize,
    pub max_message_ttl_seconds: i32,
    pub max_subscriptions_per_socket: usize,
    pub event_ring_seconds: u64,
    pub event_ring_bytes: usize,
    pub introspection: bool,
    pub max_requests_per_second: u32,
    pub max_request_burst: u32,
    pub max_concurrent_operations: usize,
    pub max_streams_per_caller: usize,
    pub max_failed_authentications_per_minute: u32,
}
