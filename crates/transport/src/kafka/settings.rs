//! How to reach the log, and as whom.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;

use super::security::Security;

/// Most bytes a consumer fetches ahead of its reader, inside librdkafka.
const FETCHED_KBYTES: usize = 16 * 1024;

/// How to reach the log, and as whom.
#[derive(Clone)]
pub struct Settings {
    /// Addresses of brokers, `host:port`, separated by commas or white space.
    pub brokers: String,
    /// Name in the brokers' logs and quotas.
    pub client_id: String,
    /// Largest record, in bytes, headers included; the topics must take as much.
    pub message_max_bytes: usize,
    /// Encryption, and who we are.
    pub security: Security,
    /// How often the files of [`Self::security`] are looked at; 30 s by default.
    pub look_every: Duration,
    /// Further properties of librdkafka, which win over everything set here, e.g. compression.
    pub properties: BTreeMap<String, String>,
}

impl Settings {
    /// Settings with the defaults: records up to 1 MiB, plain text.
    pub fn new(brokers: impl Into<String>, client_id: impl Into<String>) -> Self {
        Self {
            brokers: brokers.into(),
            client_id: client_id.into(),
            message_max_bytes: 1024 * 1024,
            security: Security::default(),
            look_every: Duration::from_secs(30),
            properties: BTreeMap::new(),
        }
    }

    /// What every client sets, then what this one sets, then what the operator sets.
    pub(super) fn client_config(&self, own: &[(&str, &str)]) -> ClientConfig {
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", self.bootstrap_servers())
            .set("client.id", &self.client_id)
            .set("message.max.bytes", self.message_max_bytes.to_string())
            .set_log_level(RDKafkaLogLevel::Info);
        for (name, value) in self.security.properties() {
            config.set(name, value);
        }
        for (name, value) in own {
            config.set(*name, *value);
        }
        for (name, value) in &self.properties {
            config.set(name, value);
        }
        config
    }

    /// [`Self::client_config`] of a consumer in the group, with bounded memory.
    pub(super) fn consumer_config(&self, group_id: &str, own: &[(&str, &str)]) -> ClientConfig {
        let fetch_bytes = (FETCHED_KBYTES * 1024)
            .max(self.message_max_bytes)
            .to_string();
        let partition_bytes = self.message_max_bytes.max(1024 * 1024).to_string();
        let kbytes = FETCHED_KBYTES.to_string();
        let mut all = vec![
            ("group.id", group_id),
            ("enable.auto.offset.store", "false"),
            // What was lost to retention, or belongs to a log that was recreated, is gone either way: read what is left.
            ("auto.offset.reset", "earliest"),
            ("allow.auto.create.topics", "false"),
            ("queued.max.messages.kbytes", &kbytes),
            ("queued.min.messages", "10000"),
            ("fetch.max.bytes", &fetch_bytes),
            ("max.partition.fetch.bytes", &partition_bytes),
            ("fetch.wait.max.ms", "100"),
        ];
        all.extend_from_slice(own);
        self.client_config(&all)
    }

    fn bootstrap_servers(&self) -> String {
        let separators = |c: char| c == ',' || c.is_whitespace();
        let brokers = self.brokers.split(separators);
        brokers
            .filter(|broker| !broker.is_empty())
            .collect::<Vec<_>>()
            .join(",")
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("brokers", &self.brokers)
            .field("client_id", &self.client_id)
            .field("message_max_bytes", &self.message_max_bytes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brokers_are_separated_by_commas_or_white_space() {
        let settings = Settings::new(" a:1, b:2\tc:3,,\n", "id");
        let config = settings.client_config(&[]);
        assert_eq!(config.get("bootstrap.servers"), Some("a:1,b:2,c:3"));
    }

    #[test]
    fn what_the_operator_sets_wins() {
        let mut settings = Settings::new("a:1", "id");
        settings
            .properties
            .insert("linger.ms".to_owned(), "9".to_owned());
        let config = settings.client_config(&[("linger.ms", "2")]);
        assert_eq!(config.get("linger.ms"), Some("9"));
    }
}
