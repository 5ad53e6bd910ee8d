//! Tokens of the configured key, with every claim right and wrong.

use jsonwebtoken::{Algorithm, Header, encode};
use serde_json::{Value, json};

use super::super::knock::bearer;
use super::super::world::{World, claims, claims_with, seconds_from_now};
use super::{Case, bad, good};

pub fn cases(world: &World) -> Vec<Case> {
    let token = |claims: &Value| bearer(world.own.token(None, claims));
    let with = |name, value| token(&claims_with(name, value));
    let typed = |typ: Option<&str>| {
        let header = Header {
            typ: typ.map(str::to_owned),
            ..Header::new(Algorithm::ES256)
        };
        bearer(encode(&header, &claims(), &world.own.private).unwrap())
    };
    let crit = Header {
        crit: Some(vec!["b64".to_owned()]),
        ..Header::new(Algorithm::ES256)
    };
    vec![
        good("a token", token(&claims()), "JWT"),
        good("an access token", typed(Some("at+jwt")), "JWT"),
        good(
            "one of several audiences",
            with("aud", json!(["x", "cloud-connector"])),
            "JWT",
        ),
        good(
            "a fraction of a second",
            with("exp", json!(1.0e10 + 0.5)),
            "JWT",
        ),
        good(
            "expired within the leeway",
            with("exp", json!(seconds_from_now(-3))),
            "JWT",
        ),
        good(
            "an unknown permission",
            with("permissions", json!(["FLY", "CONNECTION_READ"])),
            "JWT",
        ),
        bad("expired", with("exp", json!(seconds_from_now(-60)))),
        bad("no expiry", with("exp", json!(null))),
        bad("expiry is text", with("exp", json!("never"))),
        bad("expiry is negative", with("exp", json!(-1))),
        bad("expiry is beyond time", with("exp", json!(1.0e300))),
        bad("not yet", with("nbf", json!(seconds_from_now(600)))),
        bad("another audience", with("aud", json!("elsewhere"))),
        bad("no audience", with("aud", json!(null))),
        bad("another issuer", with("iss", json!("elsewhere"))),
        bad(
            "several issuers",
            with("iss", json!(["cloud-connector", "elsewhere"])),
        ),
        bad("no issuer", with("iss", json!(null))),
        bad("nobody", with("sub", json!(null))),
        bad("empty name", with("sub", json!(""))),
        bad("no organisation", with("org_id", json!(null))),
        bad("empty organisation", with("org_id", json!(""))),
        bad(
            "permissions are text",
            with("permissions", json!("CONNECTION_READ")),
        ),
        bad("a token for something else", typed(Some("logout+jwt"))),
        bad("no type", typed(None)),
        bad(
            "a critical extension",
            bearer(encode(&crit, &claims(), &world.own.private).unwrap()),
        ),
    ]
}
