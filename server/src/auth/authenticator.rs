//! Turns credentials into a caller, or says that it cannot. The same for HTTP, server-sent events and WebSocket.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use connector_domain::caller::Caller;
use connector_domain::clock::Clock;
use tokio::sync::watch;
use tracing::{debug, warn};

use super::admission::Admission;
use super::bearer::TokenCheck;
use super::credentials::{Credentials, Presented};
use super::error::AuthError;
use super::gateway::Gateway;
use super::keys::Keys;
use super::peer::Peer;
use super::proof::Proof;
use super::reason::{Problem, Reason};
use super::service::ServiceCheck;
use crate::rate::RateLimiter;

/// Checks credentials. A cheap handle.
#[derive(Clone)]
pub struct Authenticator(Arc<Parts>);

/// What it works with.
pub(super) struct Parts {
    pub keys: watch::Sender<Keys>,
    pub tokens: TokenCheck,
    /// Whose identities count; `None` where nobody's do.
    pub gateway: Option<Gateway>,
    /// `None` where there is no file with keys of services.
    pub services: Option<ServiceCheck>,
    /// Failed attempts; `None` is without limit.
    pub failures: Option<RateLimiter<IpAddr>>,
    pub clock: Arc<dyn Clock>,
}

impl Authenticator {
    pub(super) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Who it is. The reason of a refusal is logged here, and told nowhere.
    pub async fn authenticate(
        &self,
        credentials: &Credentials,
        peer: Peer,
    ) -> Result<Admission, AuthError> {
        let parts = &self.0;
        // Behind a gateway are many callers, so its address never has to wait.
        if !self.is_shared(peer)
            && let Some(retry_after) = parts.wait_of(peer)
        {
            count("none", "limited");
            return Err(AuthError::TooManyFailures { retry_after });
        }
        let presented = credentials.presented();
        let method = presented.as_ref().map_or("none", Presented::method);
        let checked = match presented {
            Ok(presented) => parts.check(presented, credentials, peer).await,
            Err(reason) => Err(reason.into()),
        };
        match checked {
            Ok((caller, proof)) => {
                count(method, "accepted");
                let keys = parts.keys.subscribe();
                Ok(Admission::new(caller, proof, keys, parts.clock.clone()))
            }
            Err(Problem::Unavailable(what)) => {
                count(method, "unavailable");
                warn!(auth.method = method, %peer, what, "credentials cannot be checked");
                Err(AuthError::Unavailable)
            }
            Err(Problem::Refused(reason)) => {
                count(method, "refused");
                parts.note_refusal(&reason, method, peer);
                Err(AuthError::Unauthenticated)
            }
        }
    }

    /// Whether many callers come from this address: it is the gateway's.
    pub fn is_shared(&self, peer: Peer) -> bool {
        let gateway = self.0.gateway.as_ref();
        gateway.is_some_and(|gateway| gateway.is_at(peer))
    }

    /// What is missing before all callers can be told apart; `None` when nothing is.
    pub fn is_waiting_for(&self) -> Option<&'static str> {
        let awaited = self.0.keys.borrow().are_awaited();
        awaited.then_some("the issuer's keys (auth.jwks.url) were not fetched yet")
    }
}

impl Parts {
    async fn check(
        &self,
        presented: Presented<'_>,
        credentials: &Credentials,
        peer: Peer,
    ) -> Result<(Caller, Proof), Problem> {
        let now = self.clock.now();
        match presented {
            Presented::Token(token) => self.tokens.caller(token, &self.keys, now).await,
            Presented::Identity(identity) => {
                let gateway = self.gateway.as_ref();
                let gateway = gateway.ok_or(Reason::NotEnabled("identity headers"))?;
                let caller = gateway.caller(identity, credentials.source(), peer, now)?;
                Ok((caller, Proof::Gateway))
            }
            Presented::PreSharedKey(key) => {
                let services = self.services.as_ref();
                let services = services.ok_or(Reason::NotEnabled("pre-shared keys"))?;
                services.caller(key, &self.keys, now).await
            }
        }
    }

    /// How long an address has to wait that failed too often.
    fn wait_of(&self, peer: Peer) -> Option<Duration> {
        let failures = self.failures.as_ref()?;
        failures.look(peer.neighbourhood(), self.clock.now())
    }

    fn note_refusal(&self, reason: &Reason, method: &'static str, peer: Peer) {
        if *reason == Reason::Missing {
            debug!(%peer, "a caller brings no credentials");
            return;
        }
        warn!(auth.method = method, %peer, %reason, "a caller is refused");
        let failures = self.failures.as_ref();
        // Attempts that ran side by side may all have been looked at: the limit counts them as far as it goes.
        failures.map(|failures| failures.take(peer.neighbourhood(), self.clock.now()));
    }
}

fn count(method: &'static str, outcome: &'static str) {
    metrics::counter!("connector_authentications_total", "method" => method, "outcome" => outcome)
        .increment(1);
}
