//! What the types cannot say: limits that must nest, and texts that must parse.

mod auth;
mod database;
mod security;
mod tenancy;

use connector_domain::wire::TopicPrefix;

use super::error::ConfigError;
use super::section::Config;

/// Most bytes handed over by the broker and not yet durable.
const HAND_OFF_BYTES: u32 = 32 * 1024 * 1024;

pub(super) fn check(config: &Config) -> Result<(), ConfigError> {
    let mqtt = &config.mqtt;
    TopicPrefix::parse(mqtt.topic_prefix.as_str())
        .map_err(|error| refuse("mqtt.topic_prefix", &mqtt.topic_prefix, error.to_string()))?;
    let most = (HAND_OFF_BYTES / mqtt.broker_message_bytes.max(1)).min(512);
    if mqtt.hand_off == 0 || u32::from(mqtt.hand_off) > most {
        return Err(refuse(
            "mqtt.hand_off",
            mqtt.hand_off,
            format!("1 to {most} (512, and 32 MiB divided by broker_message_bytes)"),
        ));
    }
    if mqtt.client_packet_bytes <= mqtt.broker_message_bytes {
        let allowed = format!(
            "more than mqtt.broker_message_bytes ({})",
            mqtt.broker_message_bytes
        );
        return Err(refuse(
            "mqtt.client_packet_bytes",
            mqtt.client_packet_bytes,
            allowed,
        ));
    }
    if config.kafka.message_max_bytes <= mqtt.client_packet_bytes as usize {
        let allowed = format!(
            "more than mqtt.client_packet_bytes ({})",
            mqtt.client_packet_bytes
        );
        return Err(refuse(
            "kafka.message_max_bytes",
            config.kafka.message_max_bytes,
            allowed,
        ));
    }
    if config.limits.max_message_bytes >= mqtt.broker_message_bytes as usize {
        let allowed = format!(
            "less than mqtt.broker_message_bytes ({})",
            mqtt.broker_message_bytes
        );
        return Err(refuse(
            "limits.max_message_bytes",
            config.limits.max_message_bytes,
            allowed,
        ));
    }
    if mqtt.certificate_file.is_empty() != mqtt.key_file.is_empty() {
        return Err(refuse(
            "mqtt.key_file",
            &mqtt.key_file,
            "set together with mqtt.certificate_file, or neither".to_owned(),
        ));
    }
    if !(6..=60).contains(&mqtt.lease_session_seconds) {
        return Err(refuse(
            "mqtt.lease_session_seconds",
            mqtt.lease_session_seconds,
            "6 to 60".to_owned(),
        ));
    }
    security::check(&config.kafka)?;
    auth::check(config)?;
    database::check(config)?;
    if !(1..=64).contains(&config.kafka.embedded_partitions) {
        return Err(refuse(
            "kafka.embedded_partitions",
            config.kafka.embedded_partitions,
            "1 to 64".to_owned(),
        ));
    }
    if let Some(property) = config
        .kafka
        .properties
        .iter()
        .find(|property| !property.contains('='))
    {
        return Err(refuse(
            "kafka.properties",
            property,
            "\"name=value\"".to_owned(),
        ));
    }
    tenancy::check(&config.tenancy)
}

fn refuse(key: &'static str, value: impl std::fmt::Display, allowed: String) -> ConfigError {
    ConfigError::NotAllowed {
        key,
        value: value.to_string(),
        allowed,
    }
}
