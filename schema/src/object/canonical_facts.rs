//! `CanonicalFacts`.

use std::sync::Arc;

use async_graphql::Object;
use connector_domain::connection::{self as domain, Connection};

use crate::scalar::{JsonObject, UuidText};

/// Identity facts of a device whose record has some.
pub struct CanonicalFacts(Arc<Connection>);

impl CanonicalFacts {
    /// `None` when the record has none.
    pub fn of(connection: &Arc<Connection>) -> Option<Self> {
        connection.details.as_ref()?.facts.as_ref()?;
        Some(Self(Arc::clone(connection)))
    }

    fn facts(&self) -> Option<&domain::CanonicalFacts> {
        self.0.details.as_ref()?.facts.as_ref()
    }

    fn texts(&self, read: impl Fn(&domain::CanonicalFacts) -> Vec<&str>) -> Vec<String> {
        let texts = self.facts().map(read).unwrap_or_default();
        texts.into_iter().map(str::to_owned).collect()
    }
}

/// Identity facts a device reports. Every field may be missing on old or odd clients.
#[Object]
impl CanonicalFacts {
    /// Insights id.
    async fn insights_id(&self) -> Option<UuidText> {
        self.facts()?.insights_id().map(UuidText)
    }

    /// systemd machine id.
    async fn machine_id(&self) -> Option<UuidText> {
        self.facts()?.machine_id().map(UuidText)
    }

    /// Firmware (BIOS) UUID.
    async fn bios_uuid(&self) -> Option<UuidText> {
        self.facts()?.bios_uuid().map(UuidText)
    }

    /// Subscription Manager id.
    async fn subscription_manager_id(&self) -> Option<UuidText> {
        self.facts()?.subscription_manager_id().map(UuidText)
    }

    /// Fully qualified domain name.
    async fn fqdn(&self) -> Option<String> {
        self.facts()?.fqdn()
    }

    /// IP addresses in the order reported.
    async fn ip_addresses(&self) -> Vec<String> {
        self.texts(domain::CanonicalFacts::ip_addresses)
    }

    /// MAC addresses in the order reported.
    async fn mac_addresses(&self) -> Vec<String> {
        self.texts(domain::CanonicalFacts::mac_addresses)
    }

    /// The object as received, fields unknown to this schema included.
    async fn raw(&self) -> JsonObject {
        let nothing = serde_json::Map::new();
        JsonObject::of(self.facts().map_or(&nothing, |facts| facts.raw()))
    }
}
