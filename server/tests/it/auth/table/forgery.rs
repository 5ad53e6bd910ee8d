//! Tokens of nobody: without a signature, with somebody else's, with tricks.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::super::knock::bearer;
use super::super::world::{IssuerKey, World, claims, claims_with};
use super::{Case, bad};

pub fn cases(world: &World) -> Vec<Case> {
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
