//! How to reach the broker, and as whom.

use std::fmt;
use std::time::Duration;

use rumqttc::{TlsConfiguration, Transport};
use url::Url;

use super::certificates::CertificateFiles;
use super::tls;
use crate::files::Fingerprint;

/// Version of MQTT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Protocol {
    /// MQTT 5.
    #[default]
    V5,
    /// MQTT 3.1.1, for brokers that know nothing newer: a refused publish looks like an acknowledged one, and the
    /// broker's own limit decides how much it delivers unacknowledged.
    V311,
}

/// How to reach the broker, and as whom. The same broker needs one client id per link.
#[derive(Clone)]
pub struct Settings {
    /// Where the broker is: `mqtt://`, `mqtts://`, `ws://` or `wss://`, a host and perhaps a port.
    pub url: String,
    /// Client id; must not be empty.
    pub client_id: String,
    /// Authorities (PEM) that may have signed the broker's certificate; those of the machine when `None`.
    pub ca_pem: Option<Vec<u8>>,
    /// Our certificate chain and its private key, both PEM.
    pub client_certificate: Option<(Vec<u8>, Vec<u8>)>,
    /// Files that take the place of the two above, as far as they are named.
    pub certificate_files: CertificateFiles,
    /// User name.
    pub username: Option<String>,
    /// Password; needs a user name.
    pub password: Option<String>,
    /// Version of MQTT.
    pub protocol: Protocol,
    /// Pause after which a sign of life is sent; at least 5 s. A dead connection is noticed within two of them.
    pub keep_alive: Duration,
    /// Largest packet we take, in bytes. Must exceed the largest the broker takes: what is larger is redelivered for
    /// ever.
    pub max_packet_size: u32,
    /// Longest time a connection may take to establish, in whole seconds.
    pub connect_timeout: Duration,
}

impl Settings {
    /// Settings with the defaults: MQTT 5, nobody in particular, keep-alive 30 s, packets up to 1 MiB, 10 s to connect.
    pub fn new(url: impl Into<String>, client_id: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            client_id: client_id.into(),
            ca_pem: None,
            client_certificate: None,
            certificate_files: CertificateFiles::default(),
            username: None,
            password: None,
            protocol: Protocol::default(),
            keep_alive: Duration::from_secs(30),
            max_packet_size: 1024 * 1024,
            connect_timeout: Duration::from_secs(10),
        }
    }

    /// Whether a link can be made with them, with the files as they are now.
    pub fn check(&self) -> Result<(), SettingsError> {
        Endpoint::new(self).map(drop)
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("url", &self.url)
            .field("client_id", &self.client_id)
            .field("client_certificate", &self.client_certificate.is_some())
            .field("username", &self.username)
            .field("protocol", &self.protocol)
            .finish_non_exhaustive()
    }
}

/// Why no link can be made with these settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Not an address of a broker.
    #[error(
        "broker address {url:?} is not mqtt://, mqtts://, ws:// or wss:// with a host: {reason}"
    )]
    Url {
        /// The address given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Without a client id there is no session to come back to.
    #[error("the mqtt client id is empty")]
    ClientId,
    /// Too short for whole seconds, or for a broker to tolerate.
    #[error("the mqtt keep-alive must be at least 5 s and at most 65535 s")]
    KeepAlive,
    /// A certificate or key is unusable.
    #[error("cannot use the mqtt certificates: {0}")]
    Certificates(String),
}

/// Settings that were checked, with certificates read.
#[derive(Clone)]
pub(super) struct Endpoint {
    pub(super) settings: Settings,
    /// Host for TCP and TLS, the whole address for web sockets: what rumqttc wants.
    pub(super) address: String,
    pub(super) port: u16,
    pub(super) transport: Transport,
    /// Of the certificate files when they were read.
    files: Fingerprint,
}

impl Endpoint {
    pub(super) fn new(settings: &Settings) -> Result<Self, SettingsError> {
        if settings.client_id.is_empty() {
            return Err(SettingsError::ClientId);
        }
        if !(5..=u64::from(u16::MAX)).contains(&settings.keep_alive.as_secs()) {
            return Err(SettingsError::KeepAlive);
        }
        // Taken before the files are read: a change in between is then noticed.
        let files = settings.certificate_files.fingerprint();
        let settings = &settings.certificate_files.read_into(settings)?;
        let invalid = |reason: &str| SettingsError::Url {
            url: settings.url.clone(),
            reason: reason.to_owned(),
        };
        let url = Url::parse(&settings.url).map_err(|error| invalid(&error.to_string()))?;
        let host = url
            .host_str()
            .filter(|host| !host.is_empty())
            .ok_or_else(|| invalid("no host"))?;
        let secure = || tls::client_config(settings).map(TlsConfiguration::Rustls);
        let (transport, address, default_port) = match url.scheme() {
            "mqtt" => (Transport::Tcp, host, 1883),
            "mqtts" => (Transport::Tls(secure()?), host, 8883),
            "ws" => (Transport::Ws, settings.url.as_str(), 80),
            "wss" => (Transport::Wss(secure()?), settings.url.as_str(), 443),
            _ => return Err(invalid("unknown scheme")),
        };
        Ok(Self {
            address: address.to_owned(),
            port: url.port().unwrap_or(default_port),
            transport,
            settings: settings.clone(),
            files,
        })
    }

    /// The same with the certificates that are in the files now; `None` where there are no files.
    pub(super) fn read_again(&self) -> Option<Result<Self, SettingsError>> {
        let has_files = !self.settings.certificate_files.is_empty();
        has_files.then(|| Self::new(&self.settings))
    }

    /// [`Self::read_again`], where the files have changed.
    pub(super) fn renewed(&self) -> Option<Result<Self, SettingsError>> {
        let files = &self.settings.certificate_files;
        if files.fingerprint() == self.files {
            return None;
        }
        self.read_again()
    }

    /// How often to ask for what is [`Self::renewed`]; `None` where nothing can be.
    pub(super) fn look_every(&self) -> Option<Duration> {
        let files = &self.settings.certificate_files;
        (!files.is_empty()).then_some(files.look_every)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_none_is_refused_with_the_reason() {
        for url in ["", "localhost:1883", "http://localhost", "mqtt://"] {
            let refused = Endpoint::new(&Settings::new(url, "id"));
            assert!(matches!(refused, Err(SettingsError::Url { .. })), "{url}");
        }
        let endpoint = Endpoint::new(&Settings::new("mqtt://localhost", "id")).expect("valid");
        assert_eq!(
            (endpoint.address.as_str(), endpoint.port),
            ("localhost", 1883)
        );
    }

    #[test]
    fn secrets_are_not_printed() {
        let mut settings = Settings::new("mqtt://localhost", "id");
        settings.password = Some("hunter2".to_owned());
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
