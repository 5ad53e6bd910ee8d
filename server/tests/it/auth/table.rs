//! Every kind of credential, good and bad in every way, at the door of HTTP and at that of WebSocket.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use connector_domain::caller::Permission;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::knock::{
    Brought, bearer, identity_of, over_http, over_websocket, service, until_let_in,
};
use super::world::{
    IssuerKey, SHARED, World, claims, claims_with, encoded, identity, seconds_from_now,
};

struct Case {
    what: &'static str,
    brought: Brought,
    /// The method of authentication of who is let in.
    expected: Option<&'static str>,
}

fn good(what: &'static str, brought: Brought, method: &'static str) -> Case {
    Case {
        what,
        brought,
        expected: Some(method),
    }
}

fn bad(what: &'static str, brought: Brought) -> Case {
    Case {
        what,
        brought,
        expected: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_is_let_in_only_as_it_should_be_and_refusals_all_look_alike() {
    let world = World::start_with(|config| {
        config.limits.max_failed_authentications_per_minute = 0;
        config.auth.clock_leeway_seconds = 30;
    })
    .await;
    let mut cases = tokens(&world);
    cases.extend(forged_tokens(&world));
    cases.extend(issuers(&world));
    cases.extend(identities());
    cases.extend(services(&world).await);
    cases.extend(mixtures(&world));
    let base = world.platform.base();
    let mut refusals = Vec::new();
    let mut wrong = Vec::new();
    for case in &cases {
        let http = over_http(&base, &case.brought).await;
        let websocket = over_websocket(&base, &case.brought).await;
        let seen = (
            http.as_ref()
                .ok()
                .and_then(|viewer| viewer["authMethod"].as_str()),
            websocket
                .as_ref()
                .ok()
                .and_then(|viewer| viewer["authMethod"].as_str()),
        );
        if seen != (case.expected, case.expected) {
            wrong.push((case.what, http.clone(), websocket.clone()));
        }
        if let Err((status, mut body)) = http {
            body["errors"][0]["extensions"]["requestId"].take();
            refusals.push((status, body, websocket.err()));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}: {wrong:#?}",
        wrong.len(),
        cases.len()
    );
    refusals.dedup();
    assert_eq!(refusals.len(), 1, "{refusals:#?}");
    let (status, body, close) = &refusals[0];
    assert_eq!((*status, *close), (401, Some(4403)));
    assert_eq!(body["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    println!("{} credentials at two doors", cases.len());
    world.platform.stop().await;
}

fn tokens(world: &World) -> Vec<Case> {
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
            with("exp", json!(seconds_from_now(60) as f64 + 0.5)),
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

fn forged_tokens(world: &World) -> Vec<Case> {
    let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let unsigned = |alg: &str| {
        let header = part(json!({"alg": alg, "typ": "JWT"}));
        bearer(format!("{header}.{}.", part(claims())))
    };
    let stranger = IssuerKey::ec();
    let signed_with = |secret: &str, kid: Option<&str>| {
        let header = Header {
            kid: kid.map(str::to_owned),
            ..Header::new(Algorithm::HS256)
        };
        let key = EncodingKey::from_secret(secret.as_bytes());
        bearer(encode(&header, &claims(), &key).unwrap())
    };
    let brings_key = Header {
        jwk: serde_json::from_value(stranger.jwk("mine")).ok(),
        ..Header::new(Algorithm::ES256)
    };
    let token = world.token();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, _) = signed.split_once('.').unwrap();
    vec![
        bad("another key", bearer(stranger.token(None, &claims()))),
        bad("alg none", unsigned("none")),
        bad("alg None", unsigned("None")),
        bad("alg empty", unsigned("")),
        bad("no signature", bearer(format!("{signed}."))),
        bad(
            "claims exchanged",
            bearer(format!(
                "{header}.{}.{signature}",
                part(claims_with("org_id", json!("20000")))
            )),
        ),
        bad("signature cut", bearer(&token[..token.len() - 1])),
        bad(
            "HS256 with the EC public key",
            signed_with(&world.own.public_pem, None),
        ),
        bad(
            "HS256 with the RSA public key",
            signed_with(&world.in_file.public_pem, Some("in-file")),
        ),
        bad(
            "HS256 with the key of the URL",
            signed_with(&world.at_url.public_pem, Some("at-url")),
        ),
        bad("HS256 with nothing", signed_with("", None)),
        bad(
            "a key of its own",
            bearer(encode(&brings_key, &claims(), &stranger.private).unwrap()),
        ),
        bad("garbage", bearer("garbage")),
        bad("garbage in three parts", bearer("a.b.c")),
        bad("two tokens", bearer(format!("{token} {token}"))),
        bad(
            "oversized",
            bearer(
                world
                    .own
                    .token(None, &claims_with("x", json!("x".repeat(20_000)))),
            ),
        ),
        bad("empty", bearer("")),
        bad(
            "another scheme",
            vec![("authorization", "Basic dXNlcjpwYXNz".to_owned())],
        ),
        bad("no scheme", vec![("authorization", token)]),
    ]
}

fn issuers(world: &World) -> Vec<Case> {
    let shared = |secret: &str, algorithm| {
        let key = EncodingKey::from_secret(secret.as_bytes());
        bearer(encode(&Header::new(algorithm), &claims(), &key).unwrap())
    };
    let other_algorithm = Header {
        kid: Some("in-file".to_owned()),
        ..Header::new(Algorithm::PS256)
    };
    let expired = claims_with("exp", json!(seconds_from_now(-60)));
    let audience = claims_with("aud", json!("elsewhere"));
    let (file, url) = (&world.in_file, &world.at_url);
    vec![
        good("a shared secret", shared(SHARED, Algorithm::HS256), "JWT"),
        bad(
            "another secret",
            shared("correct horse battery staple, and 4 less", Algorithm::HS256),
        ),
        bad(
            "the secret with another algorithm",
            shared(SHARED, Algorithm::HS512),
        ),
        good(
            "a key of the file",
            bearer(file.token(Some("in-file"), &claims())),
            "JWT",
        ),
        bad(
            "the file's key without its id",
            bearer(file.token(None, &claims())),
        ),
        bad(
            "the file's key by another id",
            bearer(file.token(Some("at-url"), &claims())),
        ),
        bad(
            "the file's key, expired",
            bearer(file.token(Some("in-file"), &expired)),
        ),
        bad(
            "the file's key, another audience",
            bearer(file.token(Some("in-file"), &audience)),
        ),
        bad(
            "the file's key with another algorithm",
            bearer(encode(&other_algorithm, &claims(), &file.private).unwrap()),
        ),
        good(
            "a key of the URL",
            bearer(url.token(Some("at-url"), &claims())),
            "JWT",
        ),
        bad(
            "an unknown id",
            bearer(url.token(Some("unknown"), &claims())),
        ),
        bad(
            "an id that is a path",
            bearer(url.token(Some("../../etc/passwd"), &claims())),
        ),
        bad(
            "an id that is a statement",
            bearer(url.token(Some("x' OR 1=1 --"), &claims())),
        ),
        bad(
            "the configured key by an id",
            bearer(world.own.token(Some("at-url"), &claims())),
        ),
    ]
}

fn identities() -> Vec<Case> {
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

async fn services(world: &World) -> Vec<Case> {
    let read = [Permission::ConnectionRead];
    let cross = [Permission::ConnectionRead, Permission::CrossTenant];
    let services = &world.services;
    let first = services.add("dispatcher", &["10000", "30000"], &read, false);
    let second = services.add("dispatcher", &["20000"], &read, false);
    let expired = services.add("dispatcher", &["10000"], &read, true);
    let any = services.add("any", &["*"], &read, false);
    let all = services.add("all", &["*"], &cross, false);
    let revoked = services.add("revoked", &["10000"], &read, false);
    services.remove("revoked");
    let base = world.platform.base();
    let known = service("all", &all, None);
    until_let_in(&base, &known).await;
    let mut device = world.platform.device("host-1").connect().await;
    device.report_online("m-1").await;
    let query = vec![("authorization", format!("Bearer {}", world.token()))];
    let seen = || async {
        let response = super::knock::post(&base, &query, "{ account { accountNumber } }");
        response
            .send()
            .await
            .unwrap()
            .json::<Value>()
            .await
            .unwrap()
    };
    connector_testkit::eventually("the account is known", seen, |seen| {
        seen["data"]["account"]["accountNumber"] == "111000"
    })
    .await;
    let by_account = |client_id: &str, key: &str, number: &str| {
        let mut brought = service(client_id, key, None);
        brought.push(("x-rh-cloud-connector-account", number.to_owned()));
        brought
    };
    let psk = "PRE_SHARED_KEY";
    vec![
        good("a key", service("dispatcher", &first, Some("10000")), psk),
        good(
            "its other organisation",
            service("dispatcher", &first, Some("30000")),
            psk,
        ),
        good(
            "the second key",
            service("dispatcher", &second, Some("20000")),
            psk,
        ),
        good("any organisation", service("any", &any, Some("77")), psk),
        good("all organisations", service("all", &all, None), psk),
        good(
            "by account number",
            by_account("dispatcher", &first, "111000"),
            psk,
        ),
        good(
            "any by account number",
            by_account("any", &any, "111000"),
            psk,
        ),
        bad(
            "an account of another organisation",
            by_account("dispatcher", &second, "111000"),
        ),
        bad("an unknown account", by_account("any", &any, "999")),
        bad(
            "an organisation of the other key",
            service("dispatcher", &first, Some("20000")),
        ),
        bad(
            "an organisation not granted",
            service("dispatcher", &first, Some("40000")),
        ),
        bad(
            "every organisation",
            service("dispatcher", &first, Some("*")),
        ),
        bad("any, but none named", service("any", &any, None)),
        bad("no organisation", service("dispatcher", &first, None)),
        bad(
            "empty organisation",
            service("dispatcher", &first, Some("")),
        ),
        bad(
            "another service's key",
            service("any", &first, Some("10000")),
        ),
        bad(
            "an unknown service",
            service("nobody", &first, Some("10000")),
        ),
        bad(
            "an expired key",
            service("dispatcher", &expired, Some("10000")),
        ),
        bad("a revoked key", service("revoked", &revoked, Some("10000"))),
        bad("garbage", service("dispatcher", "garbage", Some("10000"))),
        bad("empty", service("dispatcher", "", Some("10000"))),
        bad(
            "oversized",
            service("dispatcher", &"x".repeat(20_000), Some("10000")),
        ),
        bad(
            "no key",
            service("dispatcher", &first, Some("10000"))
                .into_iter()
                .filter(|(name, _)| !name.ends_with("psk"))
                .collect(),
        ),
        bad(
            "no service",
            service("dispatcher", &first, Some("10000"))
                .into_iter()
                .skip(1)
                .collect(),
        ),
    ]
}

/// A kind that is there decides; what is wrong with it is not made good by another.
fn mixtures(world: &World) -> Vec<Case> {
    let good_identity = identity_of(identity("10000"));
    let mut wrong_token = bearer("x");
    wrong_token.extend(good_identity.clone());
    let mut wrong_identity = identity_of("x");
    wrong_identity.extend(service("dispatcher", "any", Some("10000")));
    let mut right_token = bearer(world.token());
    right_token.extend(identity_of("x"));
    vec![
        bad("a wrong token and an identity", wrong_token),
        bad("a wrong identity and a key", wrong_identity),
        good("a token and a wrong identity", right_token, "JWT"),
        bad("nothing", Vec::new()),
    ]
}
