//! What readiness looks at.

use std::sync::Arc;

use async_trait::async_trait;
use connector_consumers::mqtt_consumer::{Standing, Status};
use connector_domain::port::{ConnectionReader, RecordLog};

use crate::auth::Authenticator;
use crate::http::Check;

/// The database answers.
pub struct DatabaseCheck(pub Arc<dyn ConnectionReader>);

/// Kafka answers.
pub struct LogCheck(pub Arc<dyn RecordLog>);

/// There is a connection to the MQTT broker.
pub struct BrokerCheck<F>(pub F);

/// This process carries what devices say, or stands by for the one that does.
pub struct HolderCheck(pub Status);

/// The keys that callers are told apart with are there.
pub struct KeysCheck(pub Authenticator);

/// The events of the last minutes are loaded, so that subscriptions can start.
pub struct EventsCheck<F>(pub F);

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
impl Check for HolderCheck {
    fn name(&self) -> &'static str {
        "mqtt"
    }

    async fn check(&self) -> Result<(), String> {
        match self.0.standing() {
            Standing::Connected | Standing::Standby => Ok(()),
            Standing::Away(problem) => Err(problem),
        }
    }

    fn note(&self) -> Option<&'static str> {
        match self.0.standing() {
            Standing::Connected => Some("holder"),
            Standing::Standby => Some("standby"),
            Standing::Away(_) => None,
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
impl Check for KeysCheck {
    fn name(&self) -> &'static str {
        "keys"
    }

    async fn check(&self) -> Result<(), String> {
        match self.0.is_waiting_for() {
            Some(missing) => Err(missing.to_owned()),
            None => Ok(()),
        }
    }
}
