//! Where the API is and who asks: the options that every command over it takes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use reqwest::redirect::Policy;
use url::Url;

use super::client::Client;
use super::credentials::Caller;
use crate::cli::WrongUsage;
use crate::tools::token::parse_ttl;

/// How long a connection may take to open.
const CONNECT_PATIENCE: Duration = Duration::from_secs(10);

/// How to reach the API.
#[derive(Debug, Args)]
#[command(next_help_heading = "The API")]
pub(super) struct Access {
    /// Address of the API.
    #[arg(
        long,
        global = true,
        env = "CLOUD_CONNECTOR_URL",
        value_name = "URL",
        default_value = "http://127.0.0.1:8080/graphql"
    )]
    url: Url,
    #[command(flatten)]
    caller: Caller,
    /// Authorities to trust for an https address (PEM), instead of those of the machine.
    #[arg(
        long,
        global = true,
        env = "CLOUD_CONNECTOR_CA_FILE",
        value_name = "FILE"
    )]
    ca_file: Option<PathBuf>,
    /// Longest time for one request: a number with s, m, h or d.
    #[arg(long, global = true, value_name = "TIME", default_value = "30s", value_parser = parse_ttl)]
    request_timeout: Duration,
}

impl Access {
    /// A client of this API. Nothing is sent yet.
    pub(super) fn client(&self) -> Result<Client, WrongUsage> {
        self.client_or_with(|| None)
    }

    /// The same, with this token where nobody says who asks.
    pub(super) fn client_or_with(
        &self,
        token: impl FnOnce() -> Option<String>,
    ) -> Result<Client, WrongUsage> {
        self.check_url()?;
        let credentials = self.caller.credentials_or_with(token)?;
        let http = self.http()?;
        Ok(Client::new(
            http,
            self.url.clone(),
            credentials,
            self.request_timeout,
        ))
    }

    /// Whether the API is on this machine.
    pub(super) fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }

    fn check_url(&self) -> Result<(), WrongUsage> {
        if !matches!(self.url.scheme(), "http" | "https") || !self.url.has_host() {
            let problem = "--url must be an http or https address";
            return Err(WrongUsage(problem.to_owned()));
        }
        if !self.url.username().is_empty() || self.url.password().is_some() {
            let problem = "--url must hold no user and password: set CLOUD_CONNECTOR_TOKEN instead";
            return Err(WrongUsage(problem.to_owned()));
        }
        Ok(())
    }

    fn http(&self) -> Result<reqwest::Client, WrongUsage> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("cloud-connector/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_PATIENCE)
            // A secret is for the address it was given for.
            .redirect(Policy::none());
        if is_loopback(&self.url) {
            builder = builder.no_proxy();
        }
        if let Some(file) = &self.ca_file {
            builder = builder.tls_certs_only(authorities(file)?);
        } else if self.url.scheme() == "http" {
            // Without TLS nothing is verified, and a machine without authorities will do.
            builder = builder.tls_certs_only([]);
        }
        builder
            .build()
            .map_err(|error| WrongUsage(format!("TLS cannot be set up: {error}")))
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn authorities(file: &Path) -> Result<Vec<reqwest::Certificate>, WrongUsage> {
    let problem = |problem: &dyn std::fmt::Display| {
        WrongUsage(format!(
            "no authorities can be read from {}: {problem}",
            file.display()
        ))
    };
    let pem = std::fs::read(file).map_err(|error| problem(&error))?;
    let found = reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| problem(&error))?;
    if found.is_empty() {
        return Err(problem(&"it holds no certificate"));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(url: &str) -> Access {
        Access {
            url: url.parse().expect("a URL"),
            caller: Caller::default(),
            ca_file: None,
            request_timeout: Duration::from_secs(1),
        }
    }

    #[test]
    fn an_address_holds_no_secret_and_speaks_http() {
        for good in [
            "http://127.0.0.1:8080/graphql",
            "https://api.example.com/graphql",
        ] {
            assert!(access(good).check_url().is_ok(), "{good}");
        }
        for wrong in [
            "ftp://127.0.0.1/",
            "http://me:secret@127.0.0.1/",
            "mailto:me@example.com",
        ] {
            assert!(access(wrong).check_url().is_err(), "{wrong}");
        }
    }
}
