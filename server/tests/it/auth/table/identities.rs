//! Identities that the gateway vouches for.

use serde_json::{Value, json};

use super::super::knock::identity_of;
use super::super::world::{encoded, identity};
use super::{Case, bad, good};

pub fn cases() -> Vec<Case> {
    let of = |identity: Value| identity_of(encoded(&identity));
    let user = json!({"username": "jdoe"});
    vec![
        good(
            "an identity",
            identity_of(identity("10000")),
            "IDENTITY_HEADER",
        ),
        good(
            "an identity of the old form",
            of(json!({"type": "User", "internal": {"org_id": "10000"}, "user": user})),
            "IDENTITY_HEADER",
        ),
        bad(
            "a host's identity",
            of(json!({"type": "System", "org_id": "10000", "system": {"cn": "host-1"}})),
        ),
        bad(
            "an associate without organisation",
            of(json!({"type": "Associate", "associate": {"email": "a@example.com"}})),
        ),
        bad("no organisation", of(json!({"type": "User", "user": user}))),
        bad(
            "two organisations",
            of(json!({"type": "User", "org_id": "1", "internal": {"org_id": "2"}, "user": user})),
        ),
        bad("nobody", of(json!({"type": "User", "org_id": "10000"}))),
        bad("no base64", identity_of("{}")),
        bad("no JSON", identity_of("bm8gSlNPTg==")),
        bad("JSON null", identity_of("bnVsbA==")),
        bad("empty", identity_of("")),
        bad(
            "oversized",
            of(json!({"type": "User", "org_id": "10000", "user": user, "x": "x".repeat(20_000)})),
        ),
    ]
}
