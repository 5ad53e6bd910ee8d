//! Identity facts, as a device reports them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::limits;
use crate::text::{object_without_nul, storable};

/// The facts object as received. The typed readers answer `None` for what is missing or of the wrong type, since
/// newer agents pass on a local file without looking into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CanonicalFacts(Map<String, Value>);

impl CanonicalFacts {
    /// Wraps the object, without NUL characters.
    pub fn new(raw: Map<String, Value>) -> Self {
        Self(object_without_nul(raw))
    }

    /// The object, fields unknown to us included.
    pub fn raw(&self) -> &Map<String, Value> {
        &self.0
    }

    /// Whether it says nothing: no field, or only null, empty strings, lists and objects, as in the last will of
    /// older agents.
    pub fn says_nothing(&self) -> bool {
        self.0.values().all(|value| match value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            Value::Bool(_) | Value::Number(_) => false,
        })
    }

    /// `insights_id`, in any spelling of a UUID.
    pub fn insights_id(&self) -> Option<Uuid> {
        self.uuid("insights_id")
    }

    /// `machine_id`.
    pub fn machine_id(&self) -> Option<Uuid> {
        self.uuid("machine_id")
    }

    /// `bios_uuid`.
    pub fn bios_uuid(&self) -> Option<Uuid> {
        self.uuid("bios_uuid")
    }

    /// `subscription_manager_id`.
    pub fn subscription_manager_id(&self) -> Option<Uuid> {
        self.uuid("subscription_manager_id")
    }

    /// `fqdn`, cut to what can be indexed.
    pub fn fqdn(&self) -> Option<String> {
        let text = self.0.get("fqdn")?.as_str()?;
        (!text.is_empty()).then(|| storable(text, limits::LABEL_BYTES))
    }

    /// `ip_addresses`, in the order reported.
    pub fn ip_addresses(&self) -> Vec<&str> {
        self.strings("ip_addresses")
    }

    /// `mac_addresses`, in the order reported.
    pub fn mac_addresses(&self) -> Vec<&str> {
        self.strings("mac_addresses")
    }

    fn uuid(&self, field: &str) -> Option<Uuid> {
        Uuid::parse_str(self.0.get(field)?.as_str()?.trim()).ok()
    }

    fn strings(&self, field: &str) -> Vec<&str> {
        let items = self.0.get(field).and_then(Value::as_array);
        items
            .map(|items| items.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default()
    }
}
