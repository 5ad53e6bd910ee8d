//! The public keys of the issuer of tokens, from the URL of its JWK set: fetched again from time to time, and at once
//! when a token names a key that is not known.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, StatusCode};
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;
use tracing::{info, warn};
use url::Url;

use super::jwt::{KeyRing, KeySetError, Origin};
use super::keys::{Issued, Keys};

/// How long a fetch may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Largest set, in bytes.
const LARGEST: usize = 256 * 1024;
/// Shortest time between two fetches because of unknown keys: anybody can make up key ids.
const ON_DEMAND_EVERY: Duration = Duration::from_secs(10);
/// Time until the next try after a fetch that failed.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// Why there are no new keys. The ones there are stay.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("no answer: {0}")]
    Http(#[from] reqwest::Error),
    #[error("status {0}")]
    Status(StatusCode),
    #[error("the answer is larger than {LARGEST} bytes")]
    TooLarge,
    #[error(transparent)]
    Set(#[from] KeySetError),
}

/// The URL.
pub(super) struct Issuer {
    url: Url,
    client: Client,
    every: Duration,
    keys: watch::Sender<Keys>,
    /// When the last fetch on demand began. Held while fetching, so that all who wait share one.
    on_demand: Mutex<Option<Instant>>,
}

impl Issuer {
    /// Publishes what the URL holds to `keys`. `ca` are the authorities to trust, PEM; without, those of the machine.
    pub fn new(
        url: Url,
        ca: Option<&[u8]>,
        every: Duration,
        keys: watch::Sender<Keys>,
    ) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .timeout(PATIENCE)
            // A redirect would leave the address that the operator trusts.
            .redirect(Policy::none());
        let client = match ca {
            Some(pem) => client.tls_certs_only(Certificate::from_pem_bundle(pem)?),
            None => client,
        };
        Ok(Self {
            url,
            client: client.build()?,
            every,
            keys,
            on_demand: Mutex::default(),
        })
    }

    /// Fetches for ever.
    pub async fn follow(&self) {
        let mut failed = false;
        loop {
            let fetched = self.fetch().await;
            match &fetched {
                Ok(()) if failed => info!(url = %self.url, "the issuer's keys are there again"),
                Ok(()) => {}
                Err(error) => {
                    warn!(url = %self.url, %error, "the issuer's keys cannot be fetched, the last ones stay");
                }
            }
            failed = fetched.is_err();
            let wait = if failed {
                self.every.min(RETRY_AFTER)
            } else {
                self.every
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// Fetches because somebody names a key that is not known, unless that was done a moment ago.
    pub async fn fetch_on_demand(&self) {
        let mut last = self.on_demand.lock().await;
        if last.is_some_and(|last| last.elapsed() < ON_DEMAND_EVERY) {
            return;
        }
        *last = Some(Instant::now());
        if let Err(error) = self.fetch().await {
            warn!(url = %self.url, %error, "the issuer's keys cannot be fetched for an unknown key, the last ones stay");
        }
    }

    /// Fetches once.
    pub async fn fetch(&self) -> Result<(), FetchError> {
        let mut response = self.client.get(self.url.clone()).send().await?;
        if response.status() != StatusCode::OK {
            return Err(FetchError::Status(response.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > LARGEST {
                return Err(FetchError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let ring = KeyRing::of_set(&body, Origin::Url)?;
        self.keys.send_if_modified(|keys| match &keys.issued {
            Issued::Known(known) if known.is_same(&ring) => false,
            _ => {
                info!(url = %self.url, ids = ?ring.ids(), "the issuer's keys");
                keys.issued = Issued::Known(ring);
                true
            }
        });
        Ok(())
    }
}
