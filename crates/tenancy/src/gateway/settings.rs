//! What an operator may set about the gateway.

use std::path::PathBuf;
use std::time::Duration;

use super::answer::UnknownAnswer;

/// Everything about the gateway.
#[derive(Debug, Clone)]
pub struct GatewaySettings {
    /// Where it is, and who we are to it.
    pub endpoint: Endpoint,
    /// How long things may take.
    pub patience: Patience,
    /// When it is left alone.
    pub breaker: BreakerSettings,
    /// How long answers hold.
    pub cache: CacheSettings,
    /// Most devices asked about at once: also the most connections.
    pub concurrency: usize,
    /// The answers that mean *unknown*; every other that names no tenant means *unavailable*.
    pub unknown: Vec<UnknownAnswer>,
}

impl GatewaySettings {
    /// The defaults, for the gateway at `url`: no certificate of our own, authorities of the machine.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            endpoint: Endpoint {
                url: url.into(),
                ca_file: None,
                certificate_files: None,
                look_every: Duration::from_secs(30),
            },
            patience: Patience::default(),
            breaker: BreakerSettings::default(),
            cache: CacheSettings::default(),
            concurrency: 64,
            unknown: vec![UnknownAnswer::EmptyOrganisation, UnknownAnswer::Status(404)],
        }
    }
}

/// Where the gateway is, and who we are to it.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// `http://` or `https://`, with the path that is asked.
    pub url: String,
    /// Authorities (PEM) that may have signed its certificate; those of the machine when `None`.
    pub ca_file: Option<PathBuf>,
    /// Our certificate chain and its private key (PEM).
    pub certificate_files: Option<(PathBuf, PathBuf)>,
    /// How often the files are looked at; when one changes and all can be used, new connections use them.
    pub look_every: Duration,
}

/// How long things may take.
#[derive(Debug, Clone)]
pub struct Patience {
    /// Making a connection, with its TLS handshake.
    pub connect: Duration,
    /// One request, from the beginning to the last byte of its answer.
    pub request: Duration,
    /// One device's lookup, with all attempts and the pauses between them.
    pub lookup: Duration,
    /// Most requests for one lookup.
    pub attempts: u32,
    /// The answer to a batch. What is not known by then is unavailable, and goes on in the background.
    pub batch: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(1),
            request: Duration::from_secs(2),
            lookup: Duration::from_secs(5),
            attempts: 3,
            batch: Duration::from_millis(250),
        }
    }
}

/// When the gateway is left alone.
#[derive(Debug, Clone)]
pub struct BreakerSettings {
    /// After so many devices in a row were asked about in vain.
    pub failures: usize,
    /// For so long, less up to half of it by chance; then one request tries it.
    pub pause: Duration,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self {
            failures: 10,
            pause: Duration::from_secs(5),
        }
    }
}

/// How long answers hold.
#[derive(Debug, Clone)]
pub struct CacheSettings {
    /// Most answers kept; the least recently used make room. One takes about 300 bytes.
    pub entries: u64,
    /// A tenant.
    pub known: Duration,
    /// That there is none.
    pub unknown: Duration,
    /// That there was no answer: short, so that one that comes back is noticed.
    pub unavailable: Duration,
}

impl Default for CacheSettings {
    fn default() -> Self {
        Self {
            entries: 50_000,
            known: Duration::from_mins(10),
            unknown: Duration::from_mins(1),
            unavailable: Duration::from_secs(2),
        }
    }
}
