//! The platform under test.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use connector_domain::caller::Permission;
use connector_domain::clock::{Clock, System};
use connector_domain::id::{CallerName, OrgId};
use connector_server::auth::{NewToken, TokenKeys, issue};
use connector_server::config::{Config, load};
use connector_server::roles::all_in_one::AllInOne;
use tempfile::TempDir;

use crate::client::Client;
use crate::device::RawDevice;

/// All roles on embedded parts, in a directory that goes with it.
pub struct TestPlatform {
    running: AllInOne,
    config: Config,
    directory: TempDir,
}

impl TestPlatform {
    /// Starts one with the default settings.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts one with other settings.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let mut config =
            load(directory.path(), None, std::iter::empty()).expect("the defaults are valid");
        config.http.port = 0;
        config.management.port = 0;
        config.mqtt.listen_port = 0;
        config.lifecycle.drain_seconds = 10;
        change(&mut config);
        Self::start_in(directory, config).await
    }

    async fn start_in(directory: TempDir, config: Config) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let running = AllInOne::start(&config, &|_| {})
            .await
            .expect("the platform starts");
        Self {
            running,
            config,
            directory,
        }
    }

    /// Stops it in order and starts it again on the same data.
    pub async fn restart(self) -> Self {
        let Self {
            running,
            config,
            directory,
        } = self;
        running.stop().await.expect("the platform stops cleanly");
        Self::start_in(directory, config).await
    }

    /// Stops it in order.
    pub async fn stop(self) {
        self.running
            .stop()
            .await
            .expect("the platform stops cleanly");
    }

    /// Where the API is.
    pub fn base(&self) -> String {
        format!("http://{}", self.running.http)
    }

    /// Where the management endpoints are.
    pub fn management(&self) -> String {
        format!("http://{}", self.running.management)
    }

    /// Where devices connect.
    pub fn devices(&self) -> std::net::SocketAddr {
        self.running.devices()
    }

    /// The directory of its data.
    pub fn data_dir(&self) -> &Path {
        self.directory.path()
    }

    /// A caller of the development organisation with every permission in it.
    pub fn client(&self) -> Client {
        let within = Permission::ALL
            .into_iter()
            .filter(|permission| *permission != Permission::CrossTenant);
        self.client_of(Some("10000"), within.collect())
    }

    /// A caller of an organisation.
    pub fn client_of(&self, org: Option<&str>, permissions: Vec<Permission>) -> Client {
        let token = self
            .token(org, permissions, Duration::from_hours(1))
            .expect("a token");
        Client::new(self.base(), token)
    }

    /// A token.
    pub fn token(
        &self,
        org: Option<&str>,
        permissions: Vec<Permission>,
        ttl: Duration,
    ) -> anyhow::Result<String> {
        let key = TokenKeys::load(&self.config)?
            .signing
            .context("a signing key")?;
        let token = NewToken {
            name: CallerName::parse("tester")?,
            org_id: org.map(OrgId::parse).transpose()?,
            account_number: None,
            permissions,
            ttl,
        };
        let auth = &self.config.auth;
        Ok(issue(
            token,
            &key,
            &auth.issuer,
            &auth.audience,
            System.now(),
        )?)
    }

    /// A device with a certificate for its client id, not connected yet.
    pub fn device(&self, client_id: &str) -> RawDevice {
        RawDevice::new(self.data_dir(), self.devices(), client_id)
    }
}
