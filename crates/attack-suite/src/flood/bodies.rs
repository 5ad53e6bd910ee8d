//! Bodies that are large, or never end.

use std::time::Duration;

use futures::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout};

use super::{Flood, Tally, measured, until};
use crate::credentials::bearer;
use crate::http::{PATIENCE, Request, connect, outcome};
use crate::target::{ATTACKER, Target};

/// Connections with bodies that never end: of a customer, and of nobody.
const SLOW: usize = 300;
const BATCHES: usize = 8;

/// Batches of documents, as large as a body may be and larger.
pub async fn batches(target: &Target, lasting: Duration) -> anyhow::Result<Flood> {
    let until = until(lasting);
    let one = r#"{"query":"{ viewer { name } }"}"#;
    let batch = |number: usize| {
        Request::new("POST", "/graphql")
            .with("content-type", "application/json")
            .with_all(&bearer(&target.token))
            .body(format!("[{}]", vec![one; number].join(",")))
    };
    let (full, over) = (&batch(30_000), &batch(90_000));
    let worker = |number: usize| async move {
        let mut tally = Tally::default();
        while Instant::now() < until {
            let request = if number.is_multiple_of(2) { full } else { over };
            tally.count(outcome(ATTACKER, target.server.api, request).await);
        }
        tally
    };
    let attack = async {
        let workers = (0..BATCHES).map(worker);
        Ok(join_all(workers).await.into_iter().collect())
    };
    let what = "batches of 30,000 documents (0.9 MiB), and of 90,000";
    // A body that is too large is not read to its end: who still writes may see the connection cut.
    let answers = [
        "400 BAD_REQUEST!",
        "413 BAD_REQUEST",
        "cut",
        "429 RATE_LIMITED",
    ];
    measured(target, what, &answers, attack).await
}

/// Bodies that come one byte a second: a customer's take that customer's places and are given up, a stranger's are not
/// read at all.
pub async fn slow(target: &Target) -> anyhow::Result<Flood> {
    let of = |number: usize| async move {
        let token = number.is_multiple_of(2).then_some(target.token.as_str());
        let mut tally = Tally::default();
        tally.count(dripping(target, token).await.unwrap_or("cut".to_owned()));
        tally
    };
    let attack = async {
        let workers = (0..2 * SLOW).map(of);
        Ok(join_all(workers).await.into_iter().collect())
    };
    let what = "600 bodies that come one byte a second, half of them a customer's";
    let answers = ["401!", "408!", "429!"];
    measured(target, what, &answers, attack).await
}

/// The status of the answer.
async fn dripping(target: &Target, token: Option<&str>) -> std::io::Result<String> {
    let api = target.server.api;
    // Those of nobody come from many places, else they are counted as one that fails.
    let from = if token.is_some() {
        ATTACKER
    } else {
        target.new_address()
    };
    let mut stream = connect(from, api).await?;
    let token = token.unwrap_or("nobody");
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: {api}\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: 1000\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).await?;
    let started = Instant::now();
    let mut seen = [0; 12];
    while started.elapsed() < PATIENCE {
        if let Ok(read) = timeout(Duration::from_secs(1), stream.read_exact(&mut seen)).await {
            read?;
            return Ok(String::from_utf8_lossy(&seen[9..]).into_owned());
        }
        stream.write_all(b" ").await?;
    }
    Ok("no answer".to_owned())
}
