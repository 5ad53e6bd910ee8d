//! Every misuse of `graphql-transport-ws`, and the code each is closed with.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::attempt::{Attempt, Family};
use crate::credentials::bearer;
use crate::credentials::payload;
use crate::socket::{Heard, PROTOCOL, Socket};
use crate::target::{ATTACKER, Target};

const WATCH: &str = "subscription { connectionChanged { clientId } }";
/// Most operations of one socket.
const OPERATIONS: usize = 64;

/// Tries them all.
pub async fn all(target: &Target) -> anyhow::Result<Vec<Attempt>> {
    let mut attempts = before_introduction(target).await?;
    attempts.extend(after_introduction(target).await?);
    attempts.extend(openings(target).await?);
    attempts.push(too_many_operations(target).await?);
    Ok(attempts)
}

fn attempt(what: &str, expected: &str, heard: &Heard) -> Attempt {
    Attempt::new(Family::Sockets, what, expected, heard.outcome())
}

async fn stranger(target: &Target) -> anyhow::Result<Socket> {
    Socket::plain(target.new_address(), target.server.api).await
}

async fn before_introduction(target: &Target) -> anyhow::Result<Vec<Attempt>> {
    let mut attempts = Vec::new();
    for (what, frame, expected) in [
        ("not JSON", "hello".to_owned(), "4400"),
        (
            "a message of the retired protocol",
            r#"{"type":"start","id":"1"}"#.to_owned(),
            "4400",
        ),
        (
            "JSON nested 100,000 deep",
            format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)),
            "4400",
        ),
        (
            "an operation before `connection_init`",
            json!({"type": "subscribe", "id": "1", "payload": {"query": WATCH}}).to_string(),
            "4401",
        ),
        (
            "a payload that is no object",
            r#"{"type":"connection_init","payload":[1]}"#.to_owned(),
            "4400",
        ),
        (
            "`connection_init` without credentials",
            r#"{"type":"connection_init"}"#.to_owned(),
            "4403",
        ),
        ("a message of 2 MiB", "x".repeat(2 << 20), "cut"),
    ] {
        let mut socket = stranger(target).await?;
        socket.send(Message::text(frame)).await;
        attempts.push(attempt(what, expected, &socket.hear().await));
    }
    let mut socket = stranger(target).await?;
    socket.send(Message::binary(vec![0; 100])).await;
    attempts.push(attempt("a binary message", "4400", &socket.hear().await));
    let heard = stranger(target).await?.hear().await;
    attempts.push(attempt("nothing for 3 s", "4408", &heard));
    Ok(attempts)
}

async fn after_introduction(target: &Target) -> anyhow::Result<Vec<Attempt>> {
    let subscribe =
        |id: &str, payload: Value| json!({"type": "subscribe", "id": id, "payload": payload});
    let watch = || subscribe("1", json!({"query": WATCH}));
    let init = json!({"type": "connection_init", "payload": payload(&bearer(&target.token))});
    let mut attempts = Vec::new();
    for (what, messages, expected) in [
        ("`connection_init` twice", vec![init], "4429"),
        ("an id that is in use", vec![watch(), watch()], "4409"),
        (
            "an empty id",
            vec![subscribe("", json!({"query": WATCH}))],
            "4400",
        ),
        (
            "an operation without a document",
            vec![subscribe("1", json!({}))],
            "4400",
        ),
        (
            "a batch",
            vec![subscribe("1", json!([{"query": WATCH}]))],
            "4400",
        ),
        (
            "a costly document",
            vec![subscribe(
                "1",
                json!({"query": format!("{{ {} }}", "a: __typename ".repeat(60))}),
            )],
            "error QUERY_TOO_COMPLEX",
        ),
    ] {
        let mut socket = Socket::admitted(ATTACKER, target.server.api, &target.token).await?;
        for message in &messages {
            socket.say(message).await;
        }
        attempts.push(attempt(what, expected, &socket.hear().await));
    }
    Ok(attempts)
}

/// Upgrades that no client of the protocol sends.
async fn openings(target: &Target) -> anyhow::Result<Vec<Attempt>> {
    let mut attempts = Vec::new();
    for (what, headers) in [
        ("no subprotocol", vec![]),
        (
            "the retired subprotocol",
            vec![("sec-websocket-protocol", "graphql-ws")],
        ),
    ] {
        let opened = Socket::open(ATTACKER, target.server.api, &headers).await?;
        let answer = opened
            .err()
            .map_or("open".to_owned(), |status| status.to_string());
        attempts.push(Attempt::new(Family::Sockets, what, "400", answer));
    }
    let token = format!(
        "Bearer {}",
        target
            .own
            .token(None, &crate::credentials::claims_with("exp", json!(1)))?
    );
    let headers = [
        ("sec-websocket-protocol", PROTOCOL),
        ("authorization", token.as_str()),
    ];
    let opened = Socket::open(target.new_address(), target.server.api, &headers).await?;
    let mut socket = opened.map_err(|status| anyhow::anyhow!("no socket: {status}"))?;
    let heard = socket.introduce(&json!({})).await;
    attempts.push(attempt("an expired token in the upgrade", "4403", &heard));
    Ok(attempts)
}

async fn too_many_operations(target: &Target) -> anyhow::Result<Attempt> {
    let mut socket = Socket::admitted(ATTACKER, target.server.api, &target.token).await?;
    for number in 0..=OPERATIONS {
        socket.subscribe(&number.to_string(), WATCH).await;
    }
    let what = "65 operations at once";
    Ok(attempt(what, "error RATE_LIMITED", &socket.hear().await))
}
