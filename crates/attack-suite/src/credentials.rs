//! What callers bring.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

/// Names and values, as headers or as members of a payload.
pub type Brought = Vec<(&'static str, String)>;

/// Organisation of the attacker, who is a customer too.
pub const OWN_ORG: &str = "10000";
/// Organisation of the victim.
pub const VICTIM_ORG: &str = "20000";
/// Secret shared with an issuer.
pub const SHARED: &str = "a secret of the issuer and of the server";

/// A token.
pub fn bearer(token: impl AsRef<str>) -> Brought {
    vec![("authorization", format!("Bearer {}", token.as_ref()))]
}

/// A service's key.
pub fn service(client_id: &str, key: &str, org: &str) -> Brought {
    vec![
        ("x-rh-cloud-connector-client-id", client_id.to_owned()),
        ("x-rh-cloud-connector-psk", key.to_owned()),
        ("x-rh-cloud-connector-org-id", org.to_owned()),
    ]
}

/// An identity as the gateway writes it.
pub fn identity(org: &str) -> Brought {
    let identity = json!({"type": "User", "org_id": org, "user": {"username": "jdoe"}});
    let text = json!({"identity": identity}).to_string();
    vec![("x-rh-identity", STANDARD.encode(text))]
}

/// The same as the payload of `connection_init`.
pub fn payload(brought: &Brought) -> Value {
    let members = brought.iter();
    let members = members.map(|(name, value)| ((*name).to_owned(), json!(value)));
    Value::Object(members.collect::<Map<_, _>>())
}

/// Claims that are let in, for somebody of an organisation who may do everything within it.
pub fn claims(name: &str, org: &str) -> Value {
    json!({
        "sub": name, "org_id": org, "iss": "cloud-connector", "aud": "cloud-connector", "exp": seconds_from_now(3600),
        "permissions": ["CONNECTION_READ", "CONNECTION_COMMAND", "MESSAGE_READ", "MESSAGE_SEND"],
    })
}

/// The claims of the attacker, with one changed; null takes it away.
pub fn claims_with(name: &str, value: Value) -> Value {
    let mut claims = claims("attacker", OWN_ORG);
    if let Some(members) = claims.as_object_mut() {
        members.retain(|known, _| known != name || !value.is_null());
    }
    if !value.is_null() {
        claims[name] = value;
    }
    claims
}

/// A token that nothing signs, or anything.
pub fn unsigned(header: &Value, claims: &Value, signature: &str) -> String {
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}.{signature}", part(header), part(claims))
}

/// A time as tokens have it.
pub fn seconds_from_now(seconds: i64) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_or(0, |since| since.as_secs());
    i64::try_from(now).unwrap_or(0) + seconds
}
