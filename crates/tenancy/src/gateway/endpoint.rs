//! The gateway's end of the wire: an HTTP client that makes one request, with the certificates that are in the files now.

use std::path::PathBuf;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use connector_domain::clock::IdSource;
use connector_domain::id::ClientId;
use reqwest::header::{ACCEPT, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use tracing::{info, warn};
use url::Url;

use super::fault::Fault;
use super::settings::{Endpoint, GatewaySettings};
use super::tls;
use crate::lock::{current, replace};
use crate::watch::Watch;

/// Most bytes of a body. An identity takes about one thousand.
const BODY_LIMIT: usize = 64 * 1024;

/// How long an unused connection is kept.
const IDLE: Duration = Duration::from_mins(1);

/// Why the gateway cannot be asked with these settings.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// Not an address.
    #[error("gateway address {url:?} is not http:// or https:// with a host: {reason}")]
    Url {
        /// The address given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Certificates are of use only with https.
    #[error("gateway address {url:?} is not https://, so the certificates given would not be used")]
    NotSecure {
        /// The address given.
        url: String,
    },
    /// A certificate or key is missing or unusable, or they do not fit together.
    #[error("cannot use {path} for the gateway: {reason}")]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// No client can be made.
    #[error("no http client for the gateway: {0}")]
    Client(String),
}

/// An answer as it came.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

/// Makes requests to the gateway.
pub(super) struct Requester {
    endpoint: Endpoint,
    url: Url,
    connect: Duration,
    connections: usize,
    ids: Arc<dyn IdSource>,
    watch: Watch,
    client: RwLock<Client>,
}

impl Requester {
    pub(super) fn new(
        settings: &GatewaySettings,
        ids: Arc<dyn IdSource>,
    ) -> Result<Self, EndpointError> {
        let endpoint = settings.endpoint.clone();
        let url = address(&endpoint)?;
        let watch = Watch::new(files(&endpoint), endpoint.look_every);
        let (connect, connections) = (settings.patience.connect, settings.concurrency);
        let client = client(&endpoint, connect, connections)?;
        Ok(Self {
            endpoint,
            url,
            connect,
            connections,
            ids,
            watch,
            client: RwLock::new(client),
        })
    }

    /// Asks about one device, once. Waits as long as it takes: the caller sets the limit.
    pub(super) async fn ask(&self, client_id: &ClientId) -> Result<Reply, Fault> {
        if self.watch.changed() {
            self.renew();
        }
        let subject = HeaderValue::from_bytes(format!("/CN={client_id}").as_bytes())
            .map_err(|_| Fault::Unreadable("the client id is no header"))?;
        let request = current(&self.client)
            .get(self.url.clone())
            .header(ACCEPT, "application/json")
            .header("x-rh-certauth-cn", subject)
            .header(
                "x-rh-insights-request-id",
                self.ids.message_id().to_string(),
            );
        let response = request.send().await.map_err(|error| broken(&error))?;
        Ok(Reply {
            status: response.status().as_u16(),
            body: body(response).await?,
        })
    }

    /// New certificates are used by new connections. Files may be written one after the other: those that do not fit
    /// together leave the former in force until the next change.
    fn renew(&self) {
        match client(&self.endpoint, self.connect, self.connections) {
            Ok(client) => {
                replace(&self.client, client);
                info!("the certificates for the tenant gateway are read again");
            }
            Err(error) => {
                warn!(%error, "certificates changed and cannot be used; the former stay in force");
            }
        }
    }
}

fn address(endpoint: &Endpoint) -> Result<Url, EndpointError> {
    let invalid = |reason: &str| EndpointError::Url {
        url: endpoint.url.clone(),
        reason: reason.to_owned(),
    };
    let url = Url::parse(&endpoint.url).map_err(|error| invalid(&error.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(EndpointError::Url {
            url: url.host_str().unwrap_or_default().to_owned(),
            reason: "a name or password in it would be logged".to_owned(),
        });
    }
    if !matches!(url.scheme(), "http" | "https") {
        return Err(invalid("unknown scheme"));
    }
    if url.scheme() == "http" && !files(endpoint).is_empty() {
        return Err(EndpointError::NotSecure {
            url: endpoint.url.clone(),
        });
    }
    Ok(url)
}

fn files(endpoint: &Endpoint) -> Vec<PathBuf> {
    let own = endpoint.certificate_files.iter();
    let own = own.flat_map(|(chain, key)| [chain, key]);
    endpoint.ca_file.iter().chain(own).cloned().collect()
}

/// Goes to the gateway directly, whatever proxy the environment names, and nowhere else, whatever it answers.
fn client(
    endpoint: &Endpoint,
    connect: Duration,
    connections: usize,
) -> Result<Client, EndpointError> {
    Client::builder()
        .tls_backend_preconfigured(tls::client_config(endpoint)?)
        .connect_timeout(connect)
        .pool_max_idle_per_host(connections)
        .pool_idle_timeout(IDLE)
        .redirect(Policy::none())
        .no_proxy()
        .build()
        .map_err(|error| EndpointError::Client(error.to_string()))
}

async fn body(mut response: Response) -> Result<Vec<u8>, Fault> {
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|error| broken(&error))? {
        if body.len() + part.len() > BODY_LIMIT {
            return Err(Fault::Unreadable("the body is too large"));
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

fn broken(error: &reqwest::Error) -> Fault {
    if error.is_timeout() {
        return Fault::Timeout;
    }
    // The outermost error only says that there was one.
    let mut reason = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        reason = error.to_string();
        cause = error.source();
    }
    Fault::Connection(reason)
}
