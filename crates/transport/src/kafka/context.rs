//! What librdkafka says: its log lines become ours, its errors are counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use tracing::{debug, error, info, warn};

/// What librdkafka calls its warning that brokers have told another cluster id than before.
const CLUSTER_ID: &str = "CLUSTERID";

/// Context of one client; its name tells clients apart in logs and metrics.
#[derive(Clone)]
pub(super) struct Context {
    name: &'static str,
    another_log: Arc<AtomicBool>,
    fatal: Arc<AtomicBool>,
}

impl Context {
    pub(super) fn named(name: &'static str) -> Self {
        Self {
            name,
            another_log: Arc::default(),
            fatal: Arc::default(),
        }
    }

    /// Whether the brokers have turned out to be another log, made in place of the one that this client knew: its
    /// offsets and its producer id mean something else there, or nothing.
    pub(super) fn is_another_log(&self) -> bool {
        self.another_log.load(Ordering::Acquire)
    }

    /// Notes an error that is the client's last.
    pub(super) fn note(&self, error: &KafkaError) {
        if error.rdkafka_error_code() == Some(RDKafkaErrorCode::Fatal) {
            self.fatal.store(true, Ordering::Release);
        }
    }

    /// Whether this client has failed for good.
    pub(super) fn is_fatal(&self) -> bool {
        self.fatal.load(Ordering::Acquire)
    }
}

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, text: &str) {
        let client = self.name;
        if facility == CLUSTER_ID {
            self.another_log.store(true, Ordering::Release);
        }
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
        self.note(&error);
        let code = error
            .rdkafka_error_code()
            .map_or_else(|| "other".to_owned(), |code| format!("{code:?}"));
        metrics::counter!("connector_kafka_errors_total", "client" => self.name, "code" => code.clone())
            .increment(1);
        debug!(client = self.name, code, reason, "kafka client error");
    }
}

impl ConsumerContext for Context {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_cluster_and_a_fatal_error_are_noticed() {
        let context = Context::named("test");
        context.log(RDKafkaLogLevel::Warning, "FAIL", "Connect failed");
        context.error(KafkaError::Global(RDKafkaErrorCode::AllBrokersDown), "");
        assert!(!context.is_another_log() && !context.is_fatal());
        let text = "Broker b/1 reports different ClusterId \"b\" than previously known \"a\"";
        context.log(RDKafkaLogLevel::Warning, CLUSTER_ID, text);
        context.error(KafkaError::Global(RDKafkaErrorCode::Fatal), "");
        assert!(context.is_another_log() && context.is_fatal());
    }
}
