//! The content of a `connection-status` message, read leniently: what can be used is used, what cannot is noted.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::facts::CanonicalFacts;
use crate::limits;
use crate::text::{object_without_nul, storable};

/// What an online message says about a device. Replaced as a whole by the next one: an absent field clears.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// Identity facts; `None` when absent or null.
    pub facts: Option<CanonicalFacts>,
    /// Workers by name, each with the pairs it published about itself.
    pub dispatchers: BTreeMap<String, Map<String, Value>>,
    /// Labels by key.
    pub tags: BTreeMap<String, String>,
    /// Client software.
    pub client_name: Option<String>,
    /// Its version.
    pub client_version: Option<String>,
}

/// A connection-status message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// The device is there, and this is what it says of itself.
    Online(Details),
    /// The device is gone.
    Offline(OfflineCause),
}

/// Who said that a device is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfflineCause {
    /// The device: its facts are there.
    Reported,
    /// The broker, by publishing the last will: facts are absent, null or all empty.
    LastWill,
}

/// Something in a message that could not be used and was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// Field of `content`.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.problem)
    }
}

/// Why a content says nothing about the connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatusError {
    /// Not an object.
    #[error("content of connection-status is not an object")]
    NotAnObject,
    /// No `state`, or not a string.
    #[error("connection-status has no state")]
    NoState,
    /// A `state` we do not know.
    #[error("connection-status has an unknown state")]
    UnknownState,
}

impl Status {
    /// Reads the content of a message. The defects are for logs and metrics.
    pub fn parse(content: Value) -> Result<(Self, Vec<Defect>), StatusError> {
        let Value::Object(mut fields) = content else {
            return Err(StatusError::NotAnObject);
        };
        let Some(Value::String(state)) = fields.remove("state") else {
            return Err(StatusError::NoState);
        };
        let mut reader = Reader {
            fields,
            defects: Vec::new(),
        };
        let facts = reader.facts();
        let status = match state.as_str() {
            "online" => Self::Online(Details {
                facts,
                dispatchers: reader.dispatchers(),
                tags: reader.tags(),
                client_name: reader.label("client_name"),
                client_version: reader.label("client_version"),
            }),
            "offline" if facts.is_none_or(|facts| facts.says_nothing()) => {
                Self::Offline(OfflineCause::LastWill)
            }
            "offline" => Self::Offline(OfflineCause::Reported),
            _ => return Err(StatusError::UnknownState),
        };
        Ok((status, reader.defects))
    }
}

struct Reader {
    fields: Map<String, Value>,
    defects: Vec<Defect>,
}

impl Reader {
    fn object(&mut self, field: &'static str) -> Option<Map<String, Value>> {
        match self.fields.remove(field) {
            Some(Value::Object(fields)) => Some(fields),
            None | Some(Value::Null) => None,
            Some(_) => {
                self.note(field, "is not an object");
                None
            }
        }
    }

    fn note(&mut self, field: &'static str, problem: &'static str) {
        self.defects.push(Defect { field, problem });
    }

    fn facts(&mut self) -> Option<CanonicalFacts> {
        self.object("canonical_facts").map(CanonicalFacts::new)
    }

    fn dispatchers(&mut self) -> BTreeMap<String, Map<String, Value>> {
        let mut kept = BTreeMap::new();
        for (name, features) in self.object("dispatchers").unwrap_or_default() {
            let name = storable(&name, limits::LABEL_BYTES);
            if name.is_empty() {
                self.note("dispatchers", "has an empty name");
            } else if kept.len() == limits::LABELS {
                self.note("dispatchers", "has too many entries");
                break;
            } else {
                let features = match features {
                    Value::Object(features) => object_without_nul(features),
                    Value::Null => Map::new(),
                    _ => {
                        self.note("dispatchers", "has features that are not an object");
                        Map::new()
                    }
                };
                kept.insert(name, features);
            }
        }
        kept
    }

    fn tags(&mut self) -> BTreeMap<String, String> {
        let mut kept = BTreeMap::new();
        for (key, value) in self.object("tags").unwrap_or_default() {
            let value = match value {
                Value::String(text) => text,
                Value::Number(number) => number.to_string(),
                Value::Bool(flag) => flag.to_string(),
                Value::Null => String::new(),
                Value::Array(_) | Value::Object(_) => {
                    self.note("tags", "has a value that is neither text nor number");
                    continue;
                }
            };
            if kept.len() == limits::LABELS {
                self.note("tags", "has too many entries");
                break;
            }
            kept.insert(
                storable(&key, limits::LABEL_BYTES),
                storable(&value, limits::LABEL_BYTES),
            );
        }
        kept
    }

    fn label(&mut self, field: &'static str) -> Option<String> {
        match self.fields.remove(field) {
            Some(Value::String(text)) if !text.is_empty() => {
                Some(storable(&text, limits::LABEL_BYTES))
            }
            None | Some(Value::Null | Value::String(_)) => None,
            Some(_) => {
                self.note(field, "is not a string");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_offline_whose_facts_say_nothing_is_a_last_will() {
        for facts in [
            json!(null),
            json!({}),
            json!({"fqdn": "", "ip_addresses": null, "mac_addresses": []}),
        ] {
            let (status, _) = Status::parse(json!({"state": "offline", "canonical_facts": facts}))
                .expect("readable");
            assert_eq!(status, Status::Offline(OfflineCause::LastWill));
        }
        let (status, _) =
            Status::parse(json!({"state": "offline", "canonical_facts": {"fqdn": "a"}}))
                .expect("readable");
        assert_eq!(status, Status::Offline(OfflineCause::Reported));
    }

    #[test]
    fn odd_fields_are_left_out_and_the_rest_is_used() {
        let (status, defects) = Status::parse(json!({
            "state": "online",
            "canonical_facts": ["a"],
            "dispatchers": {"echo": null, "odd": 3, "": {}},
            "tags": {"n": 7, "flag": true, "list": [], "nul": "a\0b"},
            "client_name": "x".repeat(1000),
            "client_version": 3,
        }))
        .expect("readable");
        let Status::Online(details) = status else {
            panic!("not online")
        };
        assert_eq!(details.facts, None);
        assert_eq!(
            details.dispatchers.keys().collect::<Vec<_>>(),
            ["echo", "odd"]
        );
        let tags: Vec<_> = details
            .tags
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .collect();
        assert_eq!(tags, [("flag", "true"), ("n", "7"), ("nul", "ab")]);
        assert_eq!(
            details.client_name.map(|name| name.len()),
            Some(limits::LABEL_BYTES)
        );
        assert_eq!(details.client_version, None);
        assert_eq!(defects.len(), 5);
    }

    #[test]
    fn a_content_without_a_known_state_is_an_error() {
        assert_eq!(
            Status::parse(json!("online")),
            Err(StatusError::NotAnObject)
        );
        assert_eq!(
            Status::parse(json!({"state": 1})),
            Err(StatusError::NoState)
        );
        assert_eq!(
            Status::parse(json!({"state": "asleep"})),
            Err(StatusError::UnknownState)
        );
    }
}
