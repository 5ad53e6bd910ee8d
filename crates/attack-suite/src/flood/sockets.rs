//! Sockets: many of strangers, and some that talk without pause.

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use super::{Flood, Tally, measured, until};
use crate::socket::{PROTOCOL, Socket};
use crate::target::{ATTACKER, Target};

/// More than there are places for sockets whose callers have not said who they are.
const STRANGERS: usize = 1100;
const TALKATIVE: usize = 8;
/// Rest of one that found no place.
const REST: Duration = Duration::from_secs(1);
/// What the server takes until it closes a socket that says nothing, and a bit.
const INIT_PATIENCE: Duration = Duration::from_secs(4);

/// Sockets that say nothing, from one address; each is opened again when it is closed.
pub async fn strangers(target: &Target, lasting: Duration) -> anyhow::Result<Flood> {
    let until = until(lasting + INIT_PATIENCE);
    let attack = async {
        let strangers = (0..STRANGERS).map(|_| stranger(target, until));
        Ok(join_all(strangers).await.into_iter().collect())
    };
    let what = format!("{STRANGERS} WebSockets of one address that say nothing, again and again");
    let answers = ["closed 4408!", "503!", "open at the end", "cut"];
    measured(target, what, &answers, attack).await
}

async fn stranger(target: &Target, until: Instant) -> Tally {
    let mut tally = Tally::default();
    let headers = [("sec-websocket-protocol", PROTOCOL)];
    while Instant::now() < until {
        match Socket::open(ATTACKER, target.server.api, &headers).await {
            Ok(Ok(mut socket)) => match timeout_at(until, socket.hear()).await {
                Ok(heard) => tally.count(format!("closed {}", heard.outcome())),
                Err(_) => tally.count("open at the end"),
            },
            Ok(Err(0)) | Err(_) => tally.count("cut"),
            Ok(Err(status)) => {
                tally.count(status.to_string());
                sleep(REST).await;
            }
        }
    }
    tally
}

/// Pings, and operations that are begun and ended, as fast as they are answered.
pub async fn talkative(target: &Target, lasting: Duration) -> anyhow::Result<Flood> {
    let mut sockets = Vec::new();
    for _ in 0..TALKATIVE {
        sockets.push(Socket::admitted(ATTACKER, target.server.api, &target.token).await?);
    }
    let until = until(lasting);
    let attack = async {
        let sockets = sockets.into_iter().map(|socket| talking(socket, until));
        Ok(join_all(sockets).await.into_iter().collect())
    };
    let what = format!("{TALKATIVE} WebSockets that ping, begin and end operations without pause");
    let answers = ["pong!", "next!", "complete", "error RATE_LIMITED"];
    measured(target, what, &answers, attack).await
}

async fn talking(mut socket: Socket, until: Instant) -> Tally {
    let mut tally = Tally::default();
    let mut number = 0_u64;
    while Instant::now() < until {
        number += 1;
        let id = number.to_string();
        socket.subscribe(&id, "{ viewer { name } }").await;
        socket
            .subscribe(
                &format!("s{id}"),
                "subscription { connectionChanged { clientId } }",
            )
            .await;
        socket
            .say(&json!({"type": "complete", "id": format!("s{id}")}))
            .await;
        socket.say(&json!({"type": "ping"})).await;
        loop {
            let heard = socket.hear().await.outcome();
            tally.count(heard.clone());
            if heard == "pong"
                || !matches!(heard.as_str(), "next" | "complete" | "error RATE_LIMITED")
            {
                break;
            }
        }
    }
    sleep_until(until).await;
    tally
}
