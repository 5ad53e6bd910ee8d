//! Identities that no gateway vouches for. They count from one address only, and never in a payload.

use serde_json::Value;

use super::door::{REFUSED, knock, refused};
use crate::attempt::{Attempt, Family};
use crate::credentials::{Brought, OWN_ORG, VICTIM_ORG, bearer, identity, payload};
use crate::http::{Request, outcome};
use crate::socket::{PROTOCOL, Socket};
use crate::target::{GATEWAY, Target};

const VIEWER: &str = "{ viewer { name orgId } }";

/// Tries them all.
pub async fn all(target: &Target) -> anyhow::Result<Vec<Attempt>> {
    let mut attempts = vec![vouched(target, "(good: from the gateway)", &[], "200").await];
    for (what, more) in [
        ("from anywhere else", &[][..]),
        ("with `X-Forwarded-For` the gateway", &["x-forwarded-for"]),
        ("with `X-Real-IP` the gateway", &["x-real-ip"]),
        (
            "with `Forwarded` and `Client-IP`",
            &["forwarded", "client-ip"],
        ),
    ] {
        let mut brought = identity(VICTIM_ORG);
        brought.extend(more.iter().map(|name| (*name, GATEWAY.to_string())));
        attempts.push(refused(target, Family::Identities, what, &brought).await?);
    }
    attempts.extend(through_the_gateway(target).await);
    attempts.push(in_payload(target).await?);
    attempts.push(smuggled_into_socket(target).await?);
    attempts.push(beside_a_token(target).await?);
    Ok(attempts)
}

/// What an attacker may get a careless gateway to pass on.
async fn through_the_gateway(target: &Target) -> Vec<Attempt> {
    let (_, own) = &identity(OWN_ORG)[0];
    let (_, victims) = &identity(VICTIM_ORG)[0];
    let twice = [
        ("x-rh-identity", victims.clone()),
        ("x-rh-identity", own.clone()),
    ];
    let refused = "401 UNAUTHENTICATED";
    let mut attempts = Vec::new();
    for (what, headers) in [
        ("the client's own beside the gateway's", &twice[..]),
        (
            "both in one line",
            &[("x-rh-identity", format!("{victims}, {own}"))],
        ),
        ("empty", &[("x-rh-identity", String::new())]),
        (
            "not base64",
            &[("x-rh-identity", "{\"identity\":{}}".to_owned())],
        ),
        ("100 KiB", &[("x-rh-identity", "A".repeat(100 * 1024))]),
    ] {
        attempts.push(vouched(target, what, headers, refused).await);
    }
    attempts
}

/// From the gateway's address; its own identity where nothing else is given.
async fn vouched(
    target: &Target,
    what: &str,
    headers: &[(&str, String)],
    expected: &str,
) -> Attempt {
    let own = identity(OWN_ORG);
    let headers = if headers.is_empty() {
        &own[..]
    } else {
        headers
    };
    let request = Request::graphql(VIEWER, &Value::Null).with_all(headers);
    let answer = outcome(GATEWAY, target.server.api, &request).await;
    Attempt::new(Family::Identities, what, expected, answer)
}

/// The gateway forwards a WebSocket, and does not look into it.
async fn in_payload(target: &Target) -> anyhow::Result<Attempt> {
    let mut socket = Socket::plain(GATEWAY, target.server.api).await?;
    let answer = socket.introduce(&payload(&identity(VICTIM_ORG))).await;
    let what = "in the payload of a WebSocket through the gateway";
    Ok(Attempt::new(
        Family::Identities,
        what,
        "4403",
        answer.outcome(),
    ))
}

/// The gateway sets its header on the upgrade; the client says another in the payload.
async fn smuggled_into_socket(target: &Target) -> anyhow::Result<Attempt> {
    let own = &identity(OWN_ORG)[0].1;
    let headers = [("sec-websocket-protocol", PROTOCOL), ("x-rh-identity", own)];
    let opened = Socket::open(GATEWAY, target.server.api, &headers).await?;
    let mut socket = opened.map_err(|status| anyhow::anyhow!("no socket: {status}"))?;
    let answer = socket.introduce(&payload(&identity(VICTIM_ORG))).await;
    let what = "another organisation's in the payload than in the gateway's header";
    Ok(Attempt::new(
        Family::Identities,
        what,
        "4403",
        answer.outcome(),
    ))
}

/// A kind that is there decides: a wrong token is not made good by an identity.
async fn beside_a_token(target: &Target) -> anyhow::Result<Attempt> {
    let mut brought: Brought = bearer("garbage");
    brought.extend(identity(OWN_ORG));
    let what = "a good one beside a wrong token, from the gateway";
    let answer = knock(target, GATEWAY, &brought).await?;
    Ok(Attempt::new(Family::Identities, what, REFUSED, answer))
}
