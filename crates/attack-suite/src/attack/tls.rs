//! The devices' port speaks no TLS before 1.2, and no cipher suite that lost its worth: a hand-written hello asks for them.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::attempt::{Attempt, Family};
use crate::http::connect;
use crate::target::{ATTACKER, Target};

/// ECDHE-ECDSA and ECDHE-RSA with AES-128-GCM: what TLS 1.2 is spoken with today.
const CURRENT: &[u16] = &[0xc02b, 0xc02f];
/// AES-CBC with SHA-1 (ECDHE and RSA key exchange), 3DES, RC4, export, none at all.
const OLD: &[u16] = &[
    0xc009, 0xc013, 0x002f, 0x0035, 0x000a, 0x0005, 0x0003, 0x0000,
];

/// Tries them all.
pub async fn all(target: &Target) -> anyhow::Result<Vec<Attempt>> {
    let mut attempts = Vec::new();
    for (what, version, suites, expected) in [
        ("(good: TLS 1.2, current suites)", 0x0303, CURRENT, "hello"),
        ("TLS 1.1", 0x0302, CURRENT, "alert 70 (protocol_version)"),
        ("TLS 1.0", 0x0301, CURRENT, "alert 70 (protocol_version)"),
        ("SSL 3.0", 0x0300, CURRENT, "alert 70 (protocol_version)"),
        (
            "TLS 1.2 with CBC, 3DES, RC4 or no cipher",
            0x0303,
            OLD,
            "alert 40 (handshake_failure)",
        ),
    ] {
        let answer = answer_to(target, &hello(version, suites)).await?;
        attempts.push(Attempt::new(Family::Tls, what, expected, answer));
    }
    Ok(attempts)
}

/// The first record that comes back (RFC 8446, section 5.1).
async fn answer_to(target: &Target, hello: &[u8]) -> anyhow::Result<String> {
    let mut stream = connect(ATTACKER, target.server.devices).await?;
    stream.write_all(hello).await?;
    let mut record = [0; 7];
    let read = timeout(Duration::from_secs(10), stream.read_exact(&mut record)).await;
    Ok(match (read, record) {
        (Ok(Ok(_)), [22, .., 2, _]) => "hello".to_owned(),
        (Ok(Ok(_)), [21, .., 70]) => "alert 70 (protocol_version)".to_owned(),
        (Ok(Ok(_)), [21, .., 40]) => "alert 40 (handshake_failure)".to_owned(),
        (Ok(Ok(_)), other) => format!("{other:?}"),
        (Ok(Err(_)), _) => "cut".to_owned(),
        (Err(_), _) => "no answer".to_owned(),
    })
}

/// A `ClientHello` of a version before 1.3 (RFC 5246, section 7.4.1.2).
fn hello(version: u16, suites: &[u16]) -> Vec<u8> {
    let mut body = version.to_be_bytes().to_vec();
    // Random bytes, and no session.
    body.extend([7; 32]);
    body.push(0);
    let suites: Vec<u8> = suites
        .iter()
        .flat_map(|suite| suite.to_be_bytes())
        .collect();
    body.extend(vector(&suites));
    // No compression.
    body.extend([1, 0]);
    body.extend(vector(&extensions()));
    let length = u32::try_from(body.len()).unwrap_or(0).to_be_bytes();
    let handshake = [&[1], &length[1..], &body].concat();
    [&[22, 3, 1][..], &vector(&handshake)].concat()
}

/// Groups (P-256, X25519), points, signatures (with SHA-256 and SHA-1), extended master secret.
fn extensions() -> Vec<u8> {
    let extension = |kind: u16, body: &[u8]| [kind.to_be_bytes().to_vec(), vector(body)].concat();
    [
        extension(10, &vector(&[0, 23, 0, 29])),
        extension(11, &[1, 0]),
        extension(13, &vector(&[4, 3, 4, 1, 8, 4, 2, 1, 2, 3])),
        extension(23, &[]),
    ]
    .concat()
}

/// Bytes with their number in front.
fn vector(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(0);
    [&length.to_be_bytes(), bytes].concat()
}
