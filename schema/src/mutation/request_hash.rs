//! The digest that tells a retry from another request under the same id.

use async_graphql::{Name, Value, indexmap::IndexMap};
use connector_domain::json::JsonText;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::dispatch::Order;
use crate::request::exact_value;

#[derive(Serialize)]
struct Request<'a> {
    client_id: &'a str,
    kind: &'static str,
    directive: Option<&'a str>,
    content: Option<Value>,
    metadata: Option<Value>,
    expires_in_seconds: u64,
}

/// SHA-256, in hexadecimal, of what was asked. JSON objects count as equal whatever the order of their keys, numbers
/// only when written alike.
pub(super) fn request_hash(order: &Order) -> Result<String, serde_json::Error> {
    let request = Request {
        client_id: order.client_id.as_str(),
        kind: order.kind.as_str(),
        directive: order.directive.as_deref(),
        content: canonical(order.content.as_ref())?,
        metadata: canonical(order.metadata.as_ref())?,
        expires_in_seconds: order.time_to_live.as_secs(),
    };
    let digest = Sha256::digest(serde_json::to_vec(&request)?);
    Ok(format!("{digest:x}"))
}

fn canonical(json: Option<&JsonText>) -> Result<Option<Value>, serde_json::Error> {
    json.map(|json| exact_value(json.as_str()).map(sorted))
        .transpose()
}

fn sorted(value: Value) -> Value {
    match value {
        Value::List(items) => Value::List(items.into_iter().map(sorted).collect()),
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(key, value)| (key, sorted(value)));
            let mut fields: IndexMap<Name, Value> = fields.collect();
            fields.sort_unstable_keys();
            Value::Object(fields)
        }
        other => other,
    }
}
