//! Tokens of nobody. The server checks with four keys: its own (ES256), a shared secret (HS256), one of a JWK file
//! (RS256) and one of a URL (ES256), so that there is something to confuse.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::door::{let_in, refused};
use crate::attempt::{Attempt, Family};
use crate::credentials::{
    Brought, OWN_ORG, SHARED, VICTIM_ORG, bearer, claims, claims_with, seconds_from_now, unsigned,
};
use crate::issuer::{Shelf, Signer};
use crate::target::Target;

type Tries = Vec<(String, Brought)>;

/// Tries them all.
pub async fn all(target: &Target) -> anyhow::Result<Vec<Attempt>> {
    let mut attempts = Vec::new();
    for (what, brought) in good(target)? {
        attempts.push(let_in(target, Family::Tokens, &what, &brought).await?);
    }
    let mut tries = claimed(target)?;
    tries.extend(without_signature(target));
    tries.extend(confused(target)?);
    tries.extend(with_key_ids(target)?);
    for (what, brought) in tries {
        attempts.push(refused(target, Family::Tokens, &what, &brought).await?);
    }
    attempts.extend(keys_from_elsewhere(target).await?);
    Ok(attempts)
}

/// Good ones, one for each key: else every refusal below would prove nothing.
fn good(target: &Target) -> anyhow::Result<Tries> {
    let claims = claims("attacker", OWN_ORG);
    Ok(vec![
        ("(good: the configured key)".into(), bearer(&target.token)),
        (
            "(good: the shared secret)".into(),
            bearer(shared(SHARED, None)?),
        ),
        (
            "(good: the JWK file)".into(),
            bearer(target.in_file.token(Some("in-file"), &claims)?),
        ),
        (
            "(good: the issuer's URL)".into(),
            bearer(target.at_url.token(Some("at-url"), &claims)?),
        ),
    ])
}

/// Signed rightly, but the claims do not do.
fn claimed(target: &Target) -> anyhow::Result<Tries> {
    let wrong = [
        ("expired", "exp", json!(seconds_from_now(-60))),
        ("no expiry", "exp", Value::Null),
        ("expiry as text", "exp", json!("9999999999")),
        ("expiry beyond time", "exp", json!(1.0e300)),
        ("not valid yet", "nbf", json!(seconds_from_now(3600))),
        ("another audience", "aud", json!("another-service")),
        ("no audience", "aud", Value::Null),
        ("another issuer", "iss", json!("https://evil.example.com")),
        ("no issuer", "iss", Value::Null),
        ("no name", "sub", Value::Null),
        (
            "no organisation, and no right to be without",
            "org_id",
            Value::Null,
        ),
        ("an empty organisation", "org_id", json!("")),
        ("two organisations", "org_id", json!([OWN_ORG, VICTIM_ORG])),
    ];
    let signed = |(what, name, value): (&str, &str, Value)| {
        let token = target.own.token(None, &claims_with(name, value))?;
        Ok((what.to_owned(), bearer(token)))
    };
    wrong.into_iter().map(signed).collect()
}

fn without_signature(target: &Target) -> Tries {
    let claims = claims("attacker", OWN_ORG);
    let mut tries: Tries = ["none", "None", "NONE", "nOnE", ""]
        .into_iter()
        .map(|algorithm| {
            let header = json!({"alg": algorithm, "typ": "JWT"});
            let what = format!("`alg` {algorithm:?}, no signature");
            (what, bearer(unsigned(&header, &claims, "")))
        })
        .collect();
    let (signed, signature) = target.token.rsplit_once('.').unwrap_or_default();
    let (header, _) = signed.split_once('.').unwrap_or_default();
    let other = json!({"alg": "ES256", "typ": "JWT"});
    let victim = claims_with("org_id", json!(VICTIM_ORG));
    let exchanged = unsigned(&other, &victim, signature);
    let (_, victim) = exchanged.split_once('.').unwrap_or_default();
    let more = [
        ("signature left out", format!("{signed}.")),
        (
            "signature cut short",
            target.token[..target.token.len() - 2].to_owned(),
        ),
        (
            "another organisation under the old signature",
            format!("{header}.{victim}"),
        ),
        (
            "signature of zeros (CVE-2022-21449)",
            format!("{signed}.{}", "A".repeat(86)),
        ),
        ("no token at all", "garbage".to_owned()),
        ("empty", String::new()),
        ("two tokens", format!("{0} {0}", target.token)),
    ];
    tries.extend(more.map(|(what, token)| (what.to_owned(), bearer(token))));
    tries
}

/// The public half of a key as a secret, and one key's algorithm with another.
fn confused(target: &Target) -> anyhow::Result<Tries> {
    let claims = claims("attacker", OWN_ORG);
    let with = |algorithm, id: &str, key: &EncodingKey| {
        let header = Header {
            kid: Some(id.to_owned()),
            ..Header::new(algorithm)
        };
        encode(&header, &claims, key)
    };
    let tries = [
        (
            "HS256 keyed with the public EC key",
            shared(&target.own.public_pem, None)?,
        ),
        (
            "HS256 keyed with the public RSA key of the file",
            shared(&target.in_file.public_pem, Some("in-file"))?,
        ),
        (
            "HS256 keyed with the public key of the URL",
            shared(&target.at_url.public_pem, Some("at-url"))?,
        ),
        ("HS256 keyed with nothing", shared("", None)?),
        (
            "PS256 with the RS256 key",
            with(Algorithm::PS256, "in-file", &target.in_file.key)?,
        ),
        (
            "RS512 with the RS256 key",
            with(Algorithm::RS512, "in-file", &target.in_file.key)?,
        ),
        (
            "HS512 with the HS256 secret",
            encode(
                &Header::new(Algorithm::HS512),
                &claims,
                &EncodingKey::from_secret(SHARED.as_bytes()),
            )?,
        ),
        (
            "a key of the attacker's own",
            Signer::ec()?.token(None, &claims)?,
        ),
    ];
    Ok(tries
        .map(|(what, token)| (what.to_owned(), bearer(token)))
        .into())
}

/// Key ids that lead somewhere else, or nowhere.
fn with_key_ids(target: &Target) -> anyhow::Result<Tries> {
    let claims = claims("attacker", OWN_ORG);
    let long = "x".repeat(4000);
    let mut tries = Tries::new();
    for id in [
        "../../../../dev/null",
        "/proc/self/environ",
        "x' UNION SELECT 'secret' --",
        "$(id)",
        "http://127.0.0.1/keys",
        "in-file\0at-url",
        "IN-FILE",
        "",
        &long,
    ] {
        // What reading /dev/null or a failed look-up would give: an empty secret.
        let shown = if id.len() > 100 { "4000 letters" } else { id };
        let what = format!("`kid` {shown:?}, HS256 with an empty secret");
        tries.push((what, bearer(shared("", Some(id))?)));
    }
    let of_another = target.in_file.token(Some("at-url"), &claims)?;
    tries.push(("`kid` of another key".to_owned(), bearer(of_another)));
    let unnamed = target.in_file.token(None, &claims)?;
    tries.push(("a named key without its `kid`".to_owned(), bearer(unnamed)));
    Ok(tries)
}

/// Tokens that bring their key along, or say where the attacker keeps it.
async fn keys_from_elsewhere(target: &Target) -> anyhow::Result<Vec<Attempt>> {
    let mine = Signer::ec()?;
    let claims = claims("attacker", OWN_ORG);
    let shelf = Shelf::with(json!({"keys": [mine.jwk("mine")?]}).to_string()).await?;
    let url = format!("http://{}/keys", shelf.address);
    let header = Header {
        kid: Some("mine".to_owned()),
        ..Header::new(Algorithm::ES256)
    };
    let headers = [
        (
            "`jku`: the attacker's key set",
            Header {
                jku: Some(url.clone()),
                ..header.clone()
            },
        ),
        (
            "`x5u`: the attacker's certificate",
            Header {
                x5u: Some(url),
                ..header.clone()
            },
        ),
        (
            "`jwk`: the attacker's key in the token",
            Header {
                jwk: serde_json::from_value(mine.jwk("mine")?).ok(),
                ..header.clone()
            },
        ),
        (
            "`crit`: an extension nobody knows",
            Header {
                crit: Some(vec!["b64".to_owned()]),
                kid: None,
                ..header
            },
        ),
    ];
    let mut attempts = Vec::new();
    for (what, header) in headers {
        let key = if header.crit.is_some() {
            &target.own.key
        } else {
            &mine.key
        };
        let token = encode(&header, &claims, key)?;
        attempts.push(refused(target, Family::Tokens, what, &bearer(token)).await?);
    }
    let asked = format!("asked {} times", shelf.asked());
    attempts.push(Attempt::new(
        Family::Tokens,
        "the server asks the attacker for keys",
        "asked 0 times",
        asked,
    ));
    Ok(attempts)
}

fn shared(secret: &str, id: Option<&str>) -> anyhow::Result<String> {
    let header = Header {
        kid: id.map(str::to_owned),
        ..Header::new(Algorithm::HS256)
    };
    let key = EncodingKey::from_secret(secret.as_bytes());
    Ok(encode(&header, &claims("attacker", OWN_ORG), &key)?)
}
