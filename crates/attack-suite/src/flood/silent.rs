//! Sockets that make the server answer on and on, and never read.

use std::time::Duration;

use futures::future::join_all;
use tokio::time::{Instant, sleep};

use super::{Flood, Tally, measured};
use crate::http::{PATIENCE, connect_narrow};
use crate::socket::{Heard, PROTOCOL, Socket};
use crate::target::{ATTACKER, Target};

const SOCKETS: usize = 20;
/// What each ping carries, and its pong has to.
const PAYLOAD_BYTES: usize = 256 * 1024;
/// More than the server waits for a write, however long it takes until one has to wait.
const LONGEST: Duration = Duration::from_secs(40);

/// The server ends them, and keeps no answer that nobody reads.
pub async fn never_reading(target: &Target) -> anyhow::Result<Flood> {
    let before = target.metric("connector_websockets").await?;
    // All are let in before the first takes the machine's time.
    let mut sockets = Vec::new();
    for _ in 0..SOCKETS {
        sockets.push(narrow(target).await?);
    }
    let attack = async {
        let tallies = join_all(sockets.into_iter().map(asking)).await;
        Ok(tallies.into_iter().collect())
    };
    let what = format!("{SOCKETS} WebSockets that ping with 256 KiB on and on, and never read");
    let mut flood = measured(target, what, &["cut!"], attack).await?;
    if !is_over(target, before).await? {
        flood
            .problems
            .push("sockets are left at the server".to_owned());
    }
    Ok(flood)
}

/// A socket that was let in, on a connection that takes hardly anything it does not read.
async fn narrow(target: &Target) -> anyhow::Result<Socket> {
    let api = target.server.api;
    let stream = connect_narrow(ATTACKER, api).await?;
    let opened = Socket::on(stream, api, &[("sec-websocket-protocol", PROTOCOL)]).await?;
    let mut socket = opened.map_err(|status| anyhow::anyhow!("no socket: {status}"))?;
    let payload = serde_json::json!({"authorization": format!("Bearer {}", target.token)});
    let heard = socket.introduce(&payload).await;
    anyhow::ensure!(matches!(heard, Heard::Said(_)), "not let in: {heard:?}");
    Ok(socket)
}

async fn asking(mut socket: Socket) -> Tally {
    let text = "x".repeat(PAYLOAD_BYTES);
    let ping = serde_json::json!({"type": "ping", "payload": {"x": text}});
    let started = Instant::now();
    let mut tally = Tally::default();
    while started.elapsed() < LONGEST {
        let written = Instant::now();
        // A write waits while the server waits for us, and fails as soon as it has cut the connection.
        if !socket.say(&ping).await && written.elapsed() < PATIENCE {
            tally.count("cut");
            return tally;
        }
    }
    tally.count("still open");
    tally
}

/// Whether there are soon no more sockets than before.
async fn is_over(target: &Target, before: f64) -> anyhow::Result<bool> {
    for _ in 0..50 {
        if target.metric("connector_websockets").await? <= before {
            return Ok(true);
        }
        sleep(Duration::from_millis(100)).await;
    }
    Ok(false)
}
