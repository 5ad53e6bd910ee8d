//! Who a simulated device is and what it says of itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use rumqttc::tokio_rustls::rustls::pki_types::pem::PemObject;
use rumqttc::tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rumqttc::tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};
use serde_json::{Value, json};

/// What is wrong with an identity.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// A PEM text holds no certificate or key.
    #[error("a certificate or key cannot be read: {0}")]
    Pem(#[from] rumqttc::tokio_rustls::rustls::pki_types::pem::Error),
    /// The certificate and the key do not fit, or TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rumqttc::tokio_rustls::rustls::Error),
}

/// A device's name and its key to the broker.
#[derive(Clone)]
pub struct Identity {
    /// Client id: the common name of the certificate.
    pub client_id: String,
    tls: Arc<ClientConfig>,
}

impl Identity {
    /// From PEM texts: the authority that signed the broker's certificate, the device's certificate and its key.
    pub fn from_pem(
        client_id: impl Into<String>,
        ca: &str,
        certificate: &str,
        key: &str,
    ) -> Result<Self, IdentityError> {
        let mut roots = RootCertStore::empty();
        for authority in CertificateDer::pem_slice_iter(ca.as_bytes()) {
            roots.add(authority?)?;
        }
        let chain = CertificateDer::pem_slice_iter(certificate.as_bytes())
            .collect::<Result<Vec<_>, _>>()?;
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes())?;
        let provider = Arc::new(crypto::aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_client_auth_cert(chain, key)?;
        Ok(Self {
            client_id: client_id.into(),
            tls: Arc::new(tls),
        })
    }

    /// How it connects, for clients of its own.
    pub fn tls(&self) -> Arc<ClientConfig> {
        self.tls.clone()
    }
}

/// What a device says of itself in its online message.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Identity facts.
    pub facts: Value,
    /// Workers, each with what it says about itself.
    pub dispatchers: BTreeMap<String, Value>,
    /// Labels.
    pub tags: BTreeMap<String, String>,
    /// The client software.
    pub client_name: String,
    /// Version of the client software.
    pub client_version: String,
}

impl Profile {
    /// A plausible Linux host with an `echo` worker; facts follow from the name, so that a restart reports the same.
    pub fn of(client_id: &str) -> Self {
        let id = |kind: &str| {
            uuid::Uuid::new_v5(
                &uuid::Uuid::NAMESPACE_DNS,
                format!("{kind}/{client_id}").as_bytes(),
            )
            .to_string()
        };
        let [.., a, b, c] =
            *uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_DNS, client_id.as_bytes()).as_bytes();
        Self {
            facts: json!({
                "insights_id": id("insights"),
                "machine_id": id("machine"),
                "bios_uuid": id("bios"),
                "subscription_manager_id": id("subscription"),
                "fqdn": format!("{}.example.com", client_id.to_lowercase()),
                "ip_addresses": [format!("10.{a}.{b}.{c}")],
                "mac_addresses": [format!("52:54:00:{a:02x}:{b:02x}:{c:02x}")],
            }),
            dispatchers: BTreeMap::from([("echo".to_owned(), json!({"version": "1"}))]),
            tags: BTreeMap::from([("simulated".to_owned(), "true".to_owned())]),
            client_name: "cloud-connector-device".to_owned(),
            client_version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}
