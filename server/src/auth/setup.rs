//! The authenticator as configured, and what keeps its keys up to date.

use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use connector_domain::clock::Clock;
use connector_domain::port::ConnectionReader;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::accounts::Accounts;
use super::authenticator::{Authenticator, Parts};
use super::bearer::TokenCheck;
use super::gateway::Gateway;
use super::identity::Policy;
use super::issuer::Issuer;
use super::jwt::Rules;
use super::key::{KeyError, TokenKeys, own_signing_key};
use super::key_files::KeyFiles;
use super::keys::{Issued, Keys};
use super::peer::PeerRanges;
use super::service::ServiceCheck;
use crate::config::{self, Config};
use crate::rate::{Quota, RateLimiter};

/// Keeps the keys of an authenticator up to date.
pub struct KeyKeeper {
    files: KeyFiles,
    look_every: Duration,
    issuer: Option<Arc<Issuer>>,
    keys: watch::Sender<Keys>,
}

impl KeyKeeper {
    /// Looks at files, and fetches from the issuer, until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        let files = self.files.follow(self.look_every, self.keys);
        let issuer = async {
            match &self.issuer {
                Some(issuer) => issuer.follow().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = files => {}
            () = issuer => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Reads every key file; the issuer's keys are fetched once the keeper runs. `connections` tell the organisations of
/// account numbers.
pub fn set_up(
    config: &Config,
    connections: Arc<dyn ConnectionReader>,
    clock: Arc<dyn Clock>,
) -> Result<(Authenticator, KeyKeeper), KeyError> {
    // Makes the data directory's key, where that is the one.
    TokenKeys::load(config)?;
    let auth = &config.auth;
    let files = KeyFiles::of(auth, own_signing_key(config));
    let keys = watch::Sender::new(Keys {
        local: files.ring()?,
        issued: issued_at(&auth.jwks),
        services: files.services()?,
    });
    let issuer = issuer(&auth.jwks, &keys)?.map(Arc::new);
    let authenticator = Authenticator::new(Parts {
        keys: keys.clone(),
        tokens: TokenCheck {
            rules: rules(auth),
            issuer: issuer.clone(),
        },
        gateway: auth.identity.enabled.then(|| gateway(&auth.identity)),
        services: (!auth.psk.file.is_empty()).then(|| ServiceCheck {
            accounts: Accounts::new(connections),
        }),
        failures: failures(config.limits.max_failed_authentications_per_minute),
        clock,
    });
    let keeper = KeyKeeper {
        files,
        look_every: Duration::from_secs(auth.reload_seconds),
        issuer,
        keys,
    };
    Ok((authenticator, keeper))
}

fn issued_at(jwks: &config::Jwks) -> Issued {
    if jwks.url.is_empty() {
        Issued::Unused
    } else {
        Issued::Awaited
    }
}

fn rules(auth: &config::Auth) -> Rules {
    Rules {
        issuer: auth.issuer.clone(),
        audience: auth.audience.clone(),
        leeway: Duration::from_secs(auth.clock_leeway_seconds),
    }
}

/// The URL, where one is set; what it holds is published to `keys`.
pub(super) fn issuer(
    jwks: &config::Jwks,
    keys: &watch::Sender<Keys>,
) -> Result<Option<Issuer>, KeyError> {
    if jwks.url.is_empty() {
        return Ok(None);
    }
    let url = Url::parse(&jwks.url).map_err(|error| KeyError::Issuer(error.to_string()))?;
    let ca = (!jwks.ca_file.is_empty())
        .then(|| super::key::read(Path::new(&jwks.ca_file)))
        .transpose()?;
    let every = Duration::from_secs(jwks.refresh_seconds);
    let issuer = Issuer::new(url, ca.as_deref().map(str::as_bytes), every, keys.clone());
    issuer
        .map(Some)
        .map_err(|error| KeyError::Issuer(error.to_string()))
}

fn gateway(identity: &config::Identity) -> Gateway {
    Gateway {
        // Checked with the other settings.
        peers: PeerRanges::parse(&identity.peers).unwrap_or_default(),
        policy: Policy {
            types: identity.types.clone(),
            permissions: identity.permissions.iter().copied().collect(),
            org_admin_permissions: identity.org_admin_permissions.iter().copied().collect(),
        },
        in_connection_init: identity.in_connection_init,
        session: Duration::from_secs(identity.session_seconds),
    }
}

fn failures(per_minute: u32) -> Option<RateLimiter<std::net::IpAddr>> {
    let number = NonZeroU32::new(per_minute)?;
    let quota = Quota::new(number, Duration::from_mins(1), number);
    Some(RateLimiter::new(quota))
}
