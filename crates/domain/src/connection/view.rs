//! The part of a record that filters look at. Events carry it, so that a subscription reads no database.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::record::{Connection, ConnectionState, ConnectionStateReason};
use super::search::search_words;
use crate::account::Account;
use crate::id::{ClientId, OrgId};
use crate::stamp::Stamp;

/// A record as filters and other services see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionView {
    /// The device.
    pub client_id: ClientId,
    /// Whose it is; `None` while unknown, and then visible to nobody.
    pub account: Option<Account>,
    /// Connected or not.
    pub state: ConnectionState,
    /// Why.
    pub reason: ConnectionStateReason,
    /// When `state` last changed.
    pub state_changed_at: Stamp,
    /// When the device was last heard from.
    pub last_seen_at: Stamp,
    /// Version of the record.
    pub version: i64,
    /// Worker names, sorted.
    pub dispatchers: Vec<String>,
    /// Labels.
    pub tags: BTreeMap<String, String>,
    /// Client software.
    pub client_name: Option<String>,
    /// Its version.
    pub client_version: Option<String>,
    /// Fully qualified domain name.
    pub fqdn: Option<String>,
    /// Insights id.
    pub insights_id: Option<Uuid>,
    /// Subscription Manager id.
    pub subscription_manager_id: Option<Uuid>,
    /// Words it is found by, lower case, sorted.
    pub search_words: Vec<String>,
    /// Several hosts seem to share its certificate.
    pub shared_identity_suspected: bool,
}

impl ConnectionView {
    /// Organisation it belongs to, where known.
    pub fn org_id(&self) -> Option<&OrgId> {
        self.account.as_ref().map(|account| &account.org_id)
    }

    pub(super) fn of(connection: &Connection) -> Self {
        let details = connection.details.clone().unwrap_or_default();
        let facts = details.facts.as_ref();
        Self {
            client_id: connection.client_id.clone(),
            account: connection.tenant.account().cloned(),
            state: connection.state,
            reason: connection.reason,
            state_changed_at: connection.state_changed_at,
            last_seen_at: connection.last_seen_at,
            version: connection.version,
            fqdn: facts.and_then(super::CanonicalFacts::fqdn),
            insights_id: facts.and_then(super::CanonicalFacts::insights_id),
            subscription_manager_id: facts.and_then(super::CanonicalFacts::subscription_manager_id),
            search_words: search_words(&connection.client_id, facts),
            dispatchers: details.dispatchers.into_keys().collect(),
            tags: details.tags,
            client_name: details.client_name,
            client_version: details.client_version,
            shared_identity_suspected: connection.shared_identity_suspected,
        }
    }
}
