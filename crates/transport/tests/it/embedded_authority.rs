//! The development certificate authority.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use connector_transport::embedded::{Authority, AuthorityError, IssuedCertificate};
use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;

fn verifies(issued: &IssuedCertificate, ca_pem: &str) -> bool {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).unwrap())
        .unwrap();
    let verifier = WebPkiClientVerifier::builder_with_provider(
        Arc::new(roots),
        Arc::new(aws_lc_rs::default_provider()),
    )
    .build()
    .unwrap();
    let certificate = CertificateDer::from_pem_slice(issued.certificate_pem.as_bytes()).unwrap();
    verifier
        .verify_client_cert(&certificate, &[], UnixTime::now())
        .is_ok()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn certificates_issued_before_a_restart_verify_after_it() {
    let dir = tempfile::tempdir().unwrap();
    let before = Authority::open(dir.path(), "devices")
        .unwrap()
        .issue_client("d1")
        .unwrap();

    let reopened = Authority::open(dir.path(), "devices").unwrap();
    let after = reopened.issue_client("d2").unwrap();

    assert!(verifies(&before, reopened.ca_pem()));
    assert!(verifies(&after, &before.ca_pem));
}

#[test]
fn one_authority_does_not_vouch_for_the_certificates_of_another() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let one = Authority::open(one.path(), "devices").unwrap();
    let other = Authority::open(other.path(), "devices").unwrap();
    assert!(!verifies(&one.issue_client("d1").unwrap(), other.ca_pem()));
}

#[test]
fn a_start_interrupted_before_the_certificate_was_written_is_completed_by_the_next() {
    let dir = tempfile::tempdir().unwrap();
    Authority::open(dir.path(), "devices").unwrap();
    let key = fs::read_to_string(dir.path().join("ca.key")).unwrap();
    fs::remove_file(dir.path().join("ca.pem")).unwrap();

    let authority = Authority::open(dir.path(), "devices").unwrap();

    assert_eq!(fs::read_to_string(dir.path().join("ca.key")).unwrap(), key);
    assert!(verifies(
        &authority.issue_client("d1").unwrap(),
        authority.ca_pem()
    ));
}

#[test]
fn a_certificate_whose_key_is_missing_or_another_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    Authority::open(dir.path(), "devices").unwrap();
    let other = tempfile::tempdir().unwrap();
    Authority::open(other.path(), "devices").unwrap();

    fs::copy(other.path().join("ca.key"), dir.path().join("ca.key")).unwrap();
    assert!(matches!(
        Authority::open(dir.path(), "devices"),
        Err(AuthorityError::KeyMismatch { .. })
    ));

    fs::remove_file(dir.path().join("ca.key")).unwrap();
    assert!(matches!(
        Authority::open(dir.path(), "devices"),
        Err(AuthorityError::KeyMissing { .. })
    ));
}

#[test]
fn private_keys_are_readable_by_their_owner_only() {
    let dir = tempfile::tempdir().unwrap();
    let authority = Authority::open(&dir.path().join("authority"), "devices").unwrap();
    let files = authority
        .issue_client("d1")
        .unwrap()
        .write(&dir.path().join("devices"), "d1")
        .unwrap();

    assert_eq!(mode(&dir.path().join("authority/ca.key")), 0o600);
    assert_eq!(mode(&files.private_key), 0o600);
    assert_eq!(files.certificate, dir.path().join("devices/d1.pem"));
    assert_eq!(fs::read_to_string(&files.ca).unwrap(), authority.ca_pem());
    assert_eq!(
        fs::read_dir(dir.path().join("devices")).unwrap().count(),
        3,
        "no draft is left behind"
    );
}

#[test]
fn a_name_that_could_not_be_a_client_id_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let authority = Authority::open(dir.path(), "devices").unwrap();
    for name in ["", "a/b", "+", "#", "a\0b", &"x".repeat(256)] {
        assert!(
            matches!(
                authority.issue_client(name),
                Err(AuthorityError::InvalidName { .. })
            ),
            "{name:?}"
        );
    }
    assert!(authority.issue_client(&"x".repeat(255)).is_ok());
}
