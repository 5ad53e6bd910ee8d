//! A certificate authority for development, kept in a directory.
//!
//! It issues the certificates of the embedded broker, of devices and of services (ECDSA P-256). The
//! private key is made once and reused, so a certificate issued before a restart still verifies
//! after it. A real deployment has an authority of its own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SanType,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

mod error;
mod files;
mod issued;

pub use error::AuthorityError;
pub use issued::{CertificateFiles, IssuedCertificate};

use files::Visibility;

const DAY: Duration = Duration::from_hours(24);
const AUTHORITY_VALIDITY: Duration = DAY.saturating_mul(3650);
const LEAF_VALIDITY: Duration = DAY.saturating_mul(365);
/// A device whose clock is behind ours by less than this accepts a new certificate at once.
const CLOCK_SKEW: Duration = Duration::from_hours(1);
/// Longest common name issued, in bytes. X.520 says 64; nothing here enforces it, and client ids
/// may be longer.
const MAX_COMMON_NAME: usize = 255;

/// A certificate authority: `ca.pem` and `ca.key` in a directory.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    ca_pem: String,
}

impl Authority {
    /// Opens the authority kept in `dir`, or makes it under the common name `name` when there is
    /// none. The certificate of a new authority is valid for ten years. An interrupted first start
    /// leaves nothing half-written; the next start completes it.
    pub fn open(dir: &Path, name: &str) -> Result<Self, AuthorityError> {
        files::create_directory(dir)?;
        let (certificate, key) = (dir.join("ca.pem"), dir.join("ca.key"));
        match (files::read(&certificate)?, files::read(&key)?) {
            (Some(ca_pem), Some(key_pem)) => Self::load(&certificate, ca_pem, &key, &key_pem),
            (Some(_), None) => Err(AuthorityError::KeyMissing { certificate, key }),
            (None, Some(key_pem)) => Self::create(&certificate, name, KeyPair::from_pem(&key_pem)?),
            (None, None) => {
                let key_pair = new_key()?;
                files::write(&key, &key_pair.serialize_pem(), Visibility::Owner)?;
                Self::create(&certificate, name, key_pair)
            }
        }
    }

    /// The authority's own certificate: what the other side needs to verify those issued here.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Issues a server certificate, valid for a year, for `localhost`, `127.0.0.1`, `::1` and
    /// `names` (host names or IP addresses).
    pub fn issue_server(&self, names: &[&str]) -> Result<IssuedCertificate, AuthorityError> {
        let mut params = leaf("cloud-connector", ExtendedKeyUsagePurpose::ServerAuth);
        params.subject_alt_names = vec![
            SanType::DnsName("localhost".try_into()?),
            SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            SanType::IpAddress(IpAddr::V6(Ipv6Addr::LOCALHOST)),
        ];
        for name in names {
            let name = match name.parse() {
                Ok(address) => SanType::IpAddress(address),
                Err(_) => SanType::DnsName((*name).try_into()?),
            };
            if !params.subject_alt_names.contains(&name) {
                params.subject_alt_names.push(name);
            }
        }
        self.issue(&params)
    }

    /// Issues a client certificate, valid for a year, whose common name is the MQTT client id it
    /// will connect under. A name that could not be one level of an MQTT topic is refused.
    pub fn issue_client(&self, common_name: &str) -> Result<IssuedCertificate, AuthorityError> {
        let refuse = |reason| AuthorityError::InvalidName {
            name: common_name.to_owned(),
            reason,
        };
        if common_name.is_empty() {
            return Err(refuse("it is empty"));
        }
        if common_name.len() > MAX_COMMON_NAME {
            return Err(refuse("it is longer than 255 bytes"));
        }
        if common_name.contains(['+', '#', '/', '\0']) {
            return Err(refuse("it holds one of + # / NUL"));
        }
        self.issue(&leaf(common_name, ExtendedKeyUsagePurpose::ClientAuth))
    }

    fn load(
        certificate: &Path,
        ca_pem: String,
        key: &Path,
        key_pem: &str,
    ) -> Result<Self, AuthorityError> {
        let key_pair = KeyPair::from_pem(key_pem)?;
        let der = CertificateDer::from_pem_slice(ca_pem.as_bytes()).map_err(|source| {
            AuthorityError::NotACertificate {
                path: certificate.to_owned(),
                source,
            }
        })?;
        let public_key = key_pair.public_key_raw();
        if !der
            .windows(public_key.len())
            .any(|window| window == public_key)
        {
            return Err(AuthorityError::KeyMismatch {
                certificate: certificate.to_owned(),
                key: key.to_owned(),
            });
        }
        Ok(Self {
            issuer: Issuer::from_ca_cert_der(&der, key_pair)?,
            ca_pem,
        })
    }

    fn create(certificate: &Path, name: &str, key_pair: KeyPair) -> Result<Self, AuthorityError> {
        let mut params = named(name, AUTHORITY_VALIDITY);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let ca_pem = params.self_signed(&key_pair)?.pem();
        files::write(certificate, &ca_pem, Visibility::Everyone)?;
        Ok(Self {
            issuer: Issuer::new(params, key_pair),
            ca_pem,
        })
    }

    fn issue(&self, params: &CertificateParams) -> Result<IssuedCertificate, AuthorityError> {
        let key_pair = new_key()?;
        let certificate = params.signed_by(&key_pair, &self.issuer)?;
        Ok(IssuedCertificate {
            certificate_pem: certificate.pem(),
            private_key_pem: key_pair.serialize_pem(),
            ca_pem: self.ca_pem.clone(),
        })
    }
}

fn new_key() -> Result<KeyPair, rcgen::Error> {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)
}

fn named(common_name: &str, validity: Duration) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    let now = SystemTime::now();
    params.not_before = (now - CLOCK_SKEW).into();
    params.not_after = (now + validity).into();
    params
}

fn leaf(common_name: &str, usage: ExtendedKeyUsagePurpose) -> CertificateParams {
    let mut params = named(common_name, LEAF_VALIDITY);
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![usage];
    params.use_authority_key_identifier_extension = true;
    params
}
