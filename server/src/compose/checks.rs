//! What readiness looks at.

use std::sync::Arc;

use async_trait::async_trait;
use connector_domain::port::{ConnectionReader, RecordLog};

use crate::http::Check;

/// The database answers.
pub struct DatabaseCheck(pub Arc<dyn ConnectionReader>);

/// Kafka answers.
pub struct LogCheck(pub Arc<dyn RecordLog>);

/// There is a connection to the MQTT broker.
pub struct BrokerCheck<F>(pub F);

/// The events of the last minutes are loaded, so that subscriptions can start.
pub struct EventsCheck<F>(pub F);

/// The consumer belongs to its group and reads.
pub struct MembershipCheck<F>(pub F);

#[async_trait]
impl Check for DatabaseCheck {
    fn name(&self) -> &'static str {
        "database"
    }

    async fn check(&self) -> Result<(), String> {
        self.0.ping().await.map_err(|error| error.to_string())
    }
}

#[async_trait]
impl Check for LogCheck {
    fn name(&self) -> &'static str {
        "kafka"
    }

    async fn check(&self) -> Result<(), String> {
        self.0.ping().await.map_err(|error| error.to_string())
    }
}

#[async_trait]
impl<F: Fn() -> bool + Send + Sync> Check for BrokerCheck<F> {
    fn name(&self) -> &'static str {
        "mqtt"
    }

    async fn check(&self) -> Result<(), String> {
        if (self.0)() {
            Ok(())
        } else {
            Err("not connected to the broker".to_owned())
        }
    }
}

#[async_trait]
impl<F: Fn() -> bool + Send + Sync> Check for EventsCheck<F> {
    fn name(&self) -> &'static str {
        "events"
    }

    async fn check(&self) -> Result<(), String> {
        if (self.0)() {
            Ok(())
        } else {
            Err("the newest events are still being loaded".to_owned())
        }
    }
}

#[async_trait]
impl<F: Fn() -> bool + Send + Sync> Check for MembershipCheck<F> {
    fn name(&self) -> &'static str {
        "consumer-group"
    }

    async fn check(&self) -> Result<(), String> {
        if (self.0)() {
            Ok(())
        } else {
            Err("not a member of the consumer group".to_owned())
        }
    }
}
