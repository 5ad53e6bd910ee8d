//! What can be broken.

use std::fmt;

use connector_service_tests::Service;

/// A process of the platform or a service it runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    MqttConsumer,
    /// One of three.
    KafkaConsumer,
    ApiServer,
    Mosquitto,
    Kafka,
    Postgres,
}

impl Part {
    /// Every one.
    pub const ALL: [Self; 6] = [
        Self::MqttConsumer,
        Self::KafkaConsumer,
        Self::ApiServer,
        Self::Mosquitto,
        Self::Kafka,
        Self::Postgres,
    ];

    /// In the name of a scenario.
    pub fn slug(self) -> &'static str {
        match self {
            Self::MqttConsumer => "mqtt-consumer",
            Self::KafkaConsumer => "kafka-consumer",
            Self::ApiServer => "api-server",
            Self::Mosquitto => "mosquitto",
            Self::Kafka => "kafka",
            Self::Postgres => "postgres",
        }
    }

    /// The service that it is; `None` for a process of the platform.
    pub fn service(self) -> Option<Service> {
        match self {
            Self::MqttConsumer | Self::KafkaConsumer | Self::ApiServer => None,
            Self::Mosquitto => Some(Service::Mosquitto),
            Self::Kafka => Some(Service::Kafka),
            Self::Postgres => Some(Service::Postgres),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MqttConsumer => "mqtt consumer",
            Self::KafkaConsumer => "kafka consumer (1 of 3)",
            Self::ApiServer => "API server",
            Self::Mosquitto => "Mosquitto",
            Self::Kafka => "Kafka",
            Self::Postgres => "PostgreSQL",
        })
    }
}
