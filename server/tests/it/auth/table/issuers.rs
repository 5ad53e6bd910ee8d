//! Tokens of issuers: a shared secret, keys in a file and at a URL.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::json;

use super::super::knock::bearer;
use super::super::world::{SHARED, World, claims, claims_with, seconds_from_now};
use super::{Case, bad, good};

pub fn cases(world: &World) -> Vec<Case> {
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
