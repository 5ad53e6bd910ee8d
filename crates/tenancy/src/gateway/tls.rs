//! TLS towards the gateway: rustls with the aws-lc provider, TLS 1.2 and 1.3, with our certificate where there is one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

use super::endpoint::EndpointError;
use super::settings::Endpoint;

/// Reads the certificates as they are in the files now.
pub(super) fn client_config(endpoint: &Endpoint) -> Result<ClientConfig, EndpointError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| EndpointError::Client(error.to_string()))?
        .with_root_certificates(authorities(endpoint.ca_file.as_deref())?);
    let Some((chain, key)) = &endpoint.certificate_files else {
        return Ok(builder.with_no_client_auth());
    };
    let private_key =
        PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|error| unusable(key, &error))?;
    builder
        .with_client_auth_cert(certificates(chain)?, private_key)
        .map_err(|error| unusable(chain, &error))
}

fn authorities(ca_file: Option<&Path>) -> Result<RootCertStore, EndpointError> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = ca_file {
        for certificate in certificates(path)? {
            roots
                .add(certificate)
                .map_err(|error| unusable(path, &error))?;
        }
    } else {
        // A certificate store of a machine may hold a few that rustls cannot read.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    Ok(roots)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, EndpointError> {
    let found = CertificateDer::pem_slice_iter(&read(path)?)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| unusable(path, &error))?;
    if found.is_empty() {
        return Err(unusable(path, &"it holds no certificate"));
    }
    Ok(found)
}

fn read(path: &Path) -> Result<Vec<u8>, EndpointError> {
    std::fs::read(path).map_err(|error| unusable(path, &error))
}

fn unusable(path: &Path, reason: &impl ToString) -> EndpointError {
    EndpointError::Certificate {
        path: PathBuf::from(path),
        reason: reason.to_string(),
    }
}
