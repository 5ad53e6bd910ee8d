//! Mutual TLS, and certificates that are renewed in their files.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use connector_domain::clock::System;
use connector_domain::port::TenantDirectory;
use connector_domain::tenant::TenantLookup;
use connector_tenancy::{EndpointError, Fault, GatewayDirectory, GatewaySettings};
use tempfile::TempDir;
use tokio::time::sleep;

use crate::gateway::{Gateway, Says};
use crate::pki::{Authority, MutualTls, Seen};
use crate::{eventually, id, known};

const LOOK_EVERY: Duration = Duration::from_millis(10);

/// A gateway that asks for certificates, and files for those that ask it.
struct World {
    authority: Authority,
    gateway: Gateway,
    seen: Seen,
    files: TempDir,
}

impl World {
    async fn new() -> Self {
        let authority = Authority::new("our authority");
        let (listener, seen, origin) = MutualTls::bind(&authority).await;
        let gateway = Gateway::serve(listener, &origin, |_| Says::Owner("1"));
        let files = tempfile::tempdir().unwrap();
        Self {
            authority,
            gateway,
            seen,
            files,
        }
    }

    /// Trusts `authority`, and has a certificate that it issued.
    fn directory(&self, authority: &Authority) -> GatewayDirectory {
        let ca_file = self.files.path().join("ca.pem");
        fs::write(&ca_file, &authority.pem).unwrap();
        let own = authority.issue("cloud-connector").write(self.files.path());
        self.gateway.directory(|settings| {
            settings.endpoint.ca_file = Some(ca_file);
            settings.endpoint.certificate_files = Some(own);
            settings.endpoint.look_every = LOOK_EVERY;
            settings.patience.attempts = 1;
            settings.cache.known = Duration::from_millis(1);
            settings.cache.unavailable = Duration::from_millis(1);
        })
    }
}

#[tokio::test]
async fn both_sides_show_a_certificate_that_the_other_trusts() {
    let world = World::new().await;
    let directory = world.directory(&world.authority);
    let host = id("host-1");
    assert_eq!(
        directory.lookup(std::slice::from_ref(&host)).await,
        [known("1", "7")]
    );

    let other = Authority::new("their authority");
    let fault = world.directory(&other).ask(&host).await.unwrap_err();
    assert!(
        matches!(&fault, Fault::Connection(reason) if reason.contains("certificate")),
        "the gateway's is another authority's: {fault}"
    );
    let nobody = world.gateway.directory(|settings| {
        let ca_file = world.files.path().join("ca.pem");
        fs::write(&ca_file, &world.authority.pem).unwrap();
        settings.endpoint.ca_file = Some(ca_file);
    });
    assert_eq!(nobody.lookup(&[host]).await, [TenantLookup::Unavailable]);
    assert_eq!(world.gateway.requests(), 1);
}

#[tokio::test]
async fn a_renewed_certificate_is_used_and_half_a_change_is_not() {
    let world = World::new().await;
    let directory = world.directory(&world.authority);
    let host = [id("host-1")];
    assert_eq!(directory.lookup(&host).await, [known("1", "7")]);

    let renewed = world.authority.issue("cloud-connector");
    fs::write(world.files.path().join("own.pem"), &renewed.chain).unwrap();
    sleep(2 * LOOK_EVERY).await;
    assert_eq!(directory.lookup(&host).await, [known("1", "7")]);
    fs::write(world.files.path().join("own.key"), &renewed.key).unwrap();
    eventually("the renewed certificate is shown", || async {
        assert_eq!(directory.lookup(&host).await, [known("1", "7")]);
        world.seen.lock().unwrap().last() == Some(&renewed.der())
    })
    .await;
    assert_eq!(
        world.seen.lock().unwrap().len(),
        2,
        "two connections in all"
    );
}

#[tokio::test]
async fn what_cannot_be_used_is_named_at_the_start() {
    let files = tempfile::tempdir().unwrap();
    let (authority, other) = (Authority::new("a"), Authority::new("b"));
    let (chain, key) = authority.issue("cloud-connector").write(files.path());
    let open = |url: &str, own: bool| {
        let mut settings = GatewaySettings::new(url);
        settings.endpoint.certificate_files = own.then(|| (chain.clone(), key.clone()));
        GatewayDirectory::open(settings, Arc::new(System), Arc::new(System)).map(drop)
    };
    open("https://gateway/certauth", true).unwrap();
    let refused = open("http://gateway/certauth", true).unwrap_err();
    assert!(
        matches!(refused, EndpointError::NotSecure { .. }),
        "{refused}"
    );
    for url in [
        "",
        "gateway:8890",
        "ftp://gateway",
        "https://",
        "https://me:hunter2@gateway/",
    ] {
        let refused = open(url, false).unwrap_err();
        assert!(matches!(refused, EndpointError::Url { .. }), "{refused}");
        assert!(!refused.to_string().contains("hunter2"));
    }
    fs::write(&key, other.issue("cloud-connector").key).unwrap();
    let refused = open("https://gateway/certauth", true).unwrap_err();
    assert!(refused.to_string().contains("own.pem"), "{refused}");
    fs::remove_file(&key).unwrap();
    let refused = open("https://gateway/certauth", true).unwrap_err();
    assert!(refused.to_string().contains("own.key"), "{refused}");
}
