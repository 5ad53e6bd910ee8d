//! Names of Kafka record headers.

/// Full MQTT topic the payload came on.
pub const TOPIC: &str = "topic";

/// MQTT packet id, decimal.
pub const MQTT_MESSAGE_ID: &str = "mqtt_message_id";

/// When the MQTT consumer received it: RFC 3339, UTC, nine digits.
pub const DATE_RECEIVED: &str = "date_received";

/// Marks a record as a signal of our own, and says which. Such a record has no [`TOPIC`], so that the existing
/// service skips it.
pub const SIGNAL: &str = "signal";
