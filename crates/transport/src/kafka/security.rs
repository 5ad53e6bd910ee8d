//! Encryption towards the log, and who we are there, as properties of librdkafka.

use std::fmt;
use std::path::PathBuf;

/// How a connection to the log is secured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Security {
    /// Not at all.
    #[default]
    Plaintext,
    /// TLS; with a certificate of our own, that is who we are.
    Tls(Tls),
    /// Name and password, in the clear where the mechanism is PLAIN.
    SaslPlaintext(Sasl),
    /// Name and password over TLS.
    SaslTls(Sasl, Tls),
}

/// Files in PEM. When one changes and all can be used, clients make way for new ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tls {
    /// Authorities that may have signed the brokers' certificates; those of the machine when `None`.
    pub ca_file: Option<String>,
    /// Our certificate chain and its private key.
    pub certificate: Option<(String, String)>,
}

/// Name and password.
#[derive(Clone, PartialEq, Eq)]
pub struct Sasl {
    /// How they are proven.
    pub mechanism: Mechanism,
    /// Name.
    pub username: String,
    /// Password.
    pub password: String,
}

/// How a password is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// By sending it.
    Plain,
    /// RFC 5802 with SHA-256.
    ScramSha256,
    /// RFC 5802 with SHA-512.
    ScramSha512,
}

impl Mechanism {
    fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha512 => "SCRAM-SHA-512",
        }
    }
}

impl fmt::Debug for Sasl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sasl")
            .field("mechanism", &self.mechanism)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

impl Security {
    /// The files that clients read when they are made.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let (Self::Tls(tls) | Self::SaslTls(_, tls)) = self else {
            return Vec::new();
        };
        let own = tls.certificate.iter().flat_map(|(chain, key)| [chain, key]);
        tls.ca_file.iter().chain(own).map(PathBuf::from).collect()
    }

    /// The properties of librdkafka.
    pub(super) fn properties(&self) -> Vec<(&'static str, &str)> {
        let (protocol, sasl, tls) = match self {
            Self::Plaintext => return Vec::new(),
            Self::Tls(tls) => ("ssl", None, Some(tls)),
            Self::SaslPlaintext(sasl) => ("sasl_plaintext", Some(sasl), None),
            Self::SaslTls(sasl, tls) => ("sasl_ssl", Some(sasl), Some(tls)),
        };
        let mut properties = vec![("security.protocol", protocol)];
        if let Some(sasl) = sasl {
            properties.extend([
                ("sasl.mechanism", sasl.mechanism.as_str()),
                ("sasl.username", sasl.username.as_str()),
                ("sasl.password", sasl.password.as_str()),
            ]);
        }
        if let Some(tls) = tls {
            properties.extend(tls.ca_file.as_deref().map(|ca| ("ssl.ca.location", ca)));
            if let Some((certificate, key)) = &tls.certificate {
                properties.extend([
                    ("ssl.certificate.location", certificate.as_str()),
                    ("ssl.key.location", key.as_str()),
                ]);
            }
        }
        properties
    }
}

#[cfg(test)]
mod tests {
    use rdkafka::consumer::BaseConsumer;
    use rdkafka::error::KafkaError;

    use super::super::settings::Settings;
    use super::*;
    use crate::embedded::Authority;

    fn client(security: Security) -> Result<BaseConsumer, KafkaError> {
        let settings = Settings {
            security,
            ..Settings::new("127.0.0.1:1", "test")
        };
        settings.client_config(&[]).create()
    }

    fn sasl(mechanism: Mechanism) -> Sasl {
        Sasl {
            mechanism,
            username: "connector".to_owned(),
            password: "hunter2".to_owned(),
        }
    }

    #[test]
    fn a_client_can_be_made_with_each() {
        let files = tempfile::tempdir().expect("a directory");
        let authority = Authority::open(&files.path().join("ca"), "test").expect("made");
        let written = authority
            .issue_client("connector")
            .and_then(|issued| issued.write(files.path(), "client"))
            .expect("written");
        let path = |path: &std::path::Path| path.display().to_string();
        let tls = Tls {
            ca_file: Some(path(&written.ca)),
            certificate: Some((path(&written.certificate), path(&written.private_key))),
        };
        client(Security::Tls(tls.clone())).expect("tls");
        client(Security::Tls(Tls::default())).expect("tls with the machine's authorities");
        for mechanism in [
            Mechanism::Plain,
            Mechanism::ScramSha256,
            Mechanism::ScramSha512,
        ] {
            client(Security::SaslPlaintext(sasl(mechanism))).expect("sasl");
            client(Security::SaslTls(sasl(mechanism), tls.clone())).expect("sasl over tls");
        }
        let missing = Tls {
            ca_file: Some("/nowhere/ca.pem".to_owned()),
            certificate: None,
        };
        assert!(client(Security::Tls(missing)).is_err(), "files are read");
    }

    #[test]
    fn settings_become_properties_and_the_password_is_not_printed() {
        let tls = Tls {
            ca_file: Some("ca.pem".to_owned()),
            certificate: Some(("own.pem".to_owned(), "own.key".to_owned())),
        };
        let security = Security::SaslTls(sasl(Mechanism::ScramSha512), tls);
        assert!(!format!("{security:?}").contains("hunter2"));
        assert_eq!(
            security.properties(),
            [
                ("security.protocol", "sasl_ssl"),
                ("sasl.mechanism", "SCRAM-SHA-512"),
                ("sasl.username", "connector"),
                ("sasl.password", "hunter2"),
                ("ssl.ca.location", "ca.pem"),
                ("ssl.certificate.location", "own.pem"),
                ("ssl.key.location", "own.key"),
            ]
        );
    }
}
