//! The gateway whose word counts: from where, on whom, and for how long.

use std::time::Duration;

use connector_domain::caller::{AuthMethod, Caller};
use connector_domain::stamp::Stamp;

use super::credentials::Source;
use super::identity::{Identity, Policy};
use super::peer::{Peer, PeerRanges};
use super::reason::IdentityFault;

/// A gateway.
pub(super) struct Gateway {
    /// Where it is.
    pub peers: PeerRanges,
    pub policy: Policy,
    /// Whether its callers' word counts in the payload of `connection_init`. A gateway sets headers and does not look
    /// into payloads, so behind one this lets everybody be anybody.
    pub in_connection_init: bool,
    /// How long what was opened with its word stays open: it knows when a user leaves, and we do not.
    pub session: Duration,
}

impl Gateway {
    /// Whether this is it.
    pub fn is_at(&self, peer: Peer) -> bool {
        self.peers.contain(peer)
    }

    /// Who it says it is.
    pub fn caller(
        &self,
        identity: &str,
        source: Source,
        peer: Peer,
        now: Stamp,
    ) -> Result<Caller, IdentityFault> {
        if !self.is_at(peer) {
            return Err(IdentityFault::Peer);
        }
        if source == Source::Payload && !self.in_connection_init {
            return Err(IdentityFault::InPayload);
        }
        let identity = Identity::parse(identity, &self.policy)?;
        Ok(Caller {
            auth_method: AuthMethod::IdentityHeader,
            name: identity.name,
            org_id: Some(identity.org_id),
            account_number: identity.account_number,
            permissions: identity.permissions,
            expires_at: Some(now.plus(self.session)),
        })
    }
}
