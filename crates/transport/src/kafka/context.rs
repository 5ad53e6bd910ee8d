//! What librdkafka says: its log lines become ours, its errors are counted.

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::KafkaError;
use tracing::{debug, error, info, warn};

/// Context of one client; `name` tells clients apart in logs and metrics.
#[derive(Clone)]
pub(super) struct Context {
    pub(super) name: &'static str,
}

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, text: &str) {
        let client = self.name;
        match level {
            RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical => {
                error!(target: "librdkafka", client, facility, "{text}");
            }
            // An error of librdkafka is one connection or request, which it repeats.
            RDKafkaLogLevel::Error | RDKafkaLogLevel::Warning => {
                warn!(target: "librdkafka", client, facility, "{text}");
            }
            RDKafkaLogLevel::Notice => info!(target: "librdkafka", client, facility, "{text}"),
            RDKafkaLogLevel::Info | RDKafkaLogLevel::Debug => {
                debug!(target: "librdkafka", client, facility, "{text}");
            }
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        let code = error
            .rdkafka_error_code()
            .map_or_else(|| "other".to_owned(), |code| format!("{code:?}"));
        metrics::counter!("connector_kafka_errors_total", "client" => self.name, "code" => code.clone())
            .increment(1);
        debug!(client = self.name, code, reason, "kafka client error");
    }
}

impl ConsumerContext for Context {}
