//! TLS towards the broker: rustls with the aws-lc provider, TLS 1.2 and 1.3.

use std::error::Error;
use std::sync::Arc;

use rumqttc::TlsError;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

use super::settings::{Settings, SettingsError};

/// Reads the certificates of the settings.
pub(super) fn client_config(settings: &Settings) -> Result<Arc<ClientConfig>, SettingsError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_root_certificates(authorities(settings.ca_pem.as_deref())?);
    let config = match &settings.client_certificate {
        None => builder.with_no_client_auth(),
        Some((chain, key)) => {
            let key = PrivateKeyDer::from_pem_slice(key).map_err(unusable)?;
            builder
                .with_client_auth_cert(certificates(chain)?, key)
                .map_err(unusable)?
        }
    };
    Ok(Arc::new(config))
}

fn authorities(ca_pem: Option<&[u8]>) -> Result<RootCertStore, SettingsError> {
    let mut roots = RootCertStore::empty();
    if let Some(pem) = ca_pem {
        for certificate in certificates(pem)? {
            roots.add(certificate).map_err(unusable)?;
        }
    } else {
        // A certificate store of a machine may hold a few that rustls cannot read.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    if roots.is_empty() {
        return Err(SettingsError::Certificates("no authority".to_owned()));
    }
    Ok(roots)
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, SettingsError> {
    CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(unusable)
}

fn unusable(error: impl std::fmt::Display) -> SettingsError {
    SettingsError::Certificates(error.to_string())
}

/// Whether one side does not accept the other's certificate, which waiting does not cure.
pub(super) fn is_refusal(error: &TlsError) -> bool {
    let mut source: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = source {
        // An I/O error hides what it wraps from `source`.
        let inner = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .and_then(|inner| inner.downcast_ref::<rustls::Error>());
        if matches!(
            inner,
            Some(rustls::Error::InvalidCertificate(_) | rustls::Error::AlertReceived(_))
        ) {
            return true;
        }
        source = error.source();
    }
    false
}
