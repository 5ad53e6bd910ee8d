//! Brings credentials to both doors, HTTP and WebSocket, from an address that nothing came from yet.

use std::net::IpAddr;

use serde_json::Value;

use crate::attempt::{Attempt, Family};
use crate::credentials::{Brought, payload};
use crate::http::{Request, outcome};
use crate::socket::Socket;
use crate::target::Target;

/// What comes back for credentials that are worth nothing, whatever is wrong with them.
pub const REFUSED: &str = "401 UNAUTHENTICATED, closed 4403";
/// What comes back for good ones: what shows that the doors are open at all.
pub const LET_IN: &str = "200, let in";

const VIEWER: &str = "{ viewer { name } }";

/// Credentials that must not be let in.
pub async fn refused(
    target: &Target,
    family: Family,
    what: &str,
    brought: &Brought,
) -> anyhow::Result<Attempt> {
    let answer = knock(target, target.new_address(), brought).await?;
    Ok(Attempt::new(family, what, REFUSED, answer))
}

/// Credentials that must be let in.
pub async fn let_in(
    target: &Target,
    family: Family,
    what: &str,
    brought: &Brought,
) -> anyhow::Result<Attempt> {
    let answer = knock(target, target.new_address(), brought).await?;
    Ok(Attempt::new(family, what, LET_IN, answer))
}

/// What both doors say.
pub async fn knock(target: &Target, from: IpAddr, brought: &Brought) -> anyhow::Result<String> {
    let request = Request::graphql(VIEWER, &Value::Null).with_all(brought);
    let http = outcome(from, target.server.api, &request).await;
    let mut socket = Socket::plain(from, target.server.api).await?;
    let websocket = match socket.introduce(&payload(brought)).await.outcome().as_str() {
        "connection_ack" => "let in".to_owned(),
        other => format!("closed {other}"),
    };
    Ok(format!("{http}, {websocket}"))
}
