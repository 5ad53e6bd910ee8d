//! Nothing a device sends stops the consumer: after each of these, the next good message works.

use connector_domain::connection::ConnectionState;
use connector_domain::wire::Channel;
use serde_json::json;

use crate::fake::{Stage, control, online};

/// What may come on the control channel, and how many dead letters it makes.
fn payloads() -> Vec<(&'static str, Vec<u8>, usize)> {
    let status = |content: &str| {
        let text =
            format!(r#"{{"type":"connection-status","message_id":"nasty","content":{content}}}"#);
        text.into_bytes()
    };
    let sent = |sent: &str| {
        let text = format!(
            r#"{{"type":"connection-status","sent":{sent},"content":{{"state":"online"}}}}"#
        );
        text.into_bytes()
    };
    let name = "x".repeat(1_000);
    vec![
        ("empty", Vec::new(), 0),
        ("null", b"null".to_vec(), 1),
        ("a list", b"[]".to_vec(), 1),
        ("cut", b"{".to_vec(), 1),
        ("deep", "[".repeat(200 * 1024).into_bytes(), 1),
        ("not UTF-8", b"\xff\xfe\x00".to_vec(), 1),
        ("content a string", status(r#""online""#), 1),
        ("no state", status("{}"), 1),
        ("unknown state", status(r#"{"state":"asleep"}"#), 1),
        (
            "facts a list",
            status(r#"{"state":"online","canonical_facts":[1]}"#),
            0,
        ),
        (
            "insights_id null",
            status(r#"{"state":"online","canonical_facts":{"insights_id":null}}"#),
            0,
        ),
        (
            "tags with numbers",
            status(r#"{"state":"online","tags":{"a":1,"b":[2]}}"#),
            0,
        ),
        (
            "dispatchers null",
            status(r#"{"state":"online","dispatchers":null}"#),
            0,
        ),
        (
            "NUL",
            status(
                r#"{"state":"online","client_name":"a\u0000b","canonical_facts":{"fqdn":"\u0000"}}"#,
            ),
            0,
        ),
        (
            "long name",
            status(&format!(r#"{{"state":"online","client_name":"{name}"}}"#)),
            0,
        ),
        (
            "a number out of range",
            status(r#"{"state":"online","canonical_facts":{"n":1e999}}"#),
            1,
        ),
        ("year 9999", sent(r#""9999-12-31T23:59:59Z""#), 0),
        ("sent not a time", sent("[]"), 0),
        (
            "unknown type",
            br#"{"type":"telepathy","message_id":"m"}"#.to_vec(),
            1,
        ),
        ("type not text", br#"{"type":7}"#.to_vec(), 1),
        ("an event of nothing", br#"{"type":"event"}"#.to_vec(), 0),
        (
            "a deep event",
            format!(
                r#"{{"type":"event","content":{}{}}}"#,
                "[".repeat(9_999),
                "]".repeat(9_999)
            )
            .into_bytes(),
            1,
        ),
    ]
}

#[tokio::test]
async fn after_any_payload_the_next_good_message_works() {
    let mut stage = Stage::set();
    stage.start();
    let mut dead_letters = 0;
    for (n, (what, payload, dead)) in payloads().into_iter().enumerate() {
        stage
            .says("host-1", Channel::Control, payload.clone())
            .await;
        stage.says("host-1", Channel::Data, payload).await;
        let name = format!("after {what}");
        control(&stage, "host-1", online(&format!("good-{n}"), &name)).await;
        stage.is_read().await;
        let connection = stage.connection("host-1").await.expect("there");
        assert_eq!(
            connection.details.and_then(|details| details.client_name),
            Some(name)
        );
        assert_eq!(connection.state, ConnectionState::Online);
        dead_letters += dead;
        let origin = |record: &connector_domain::port::IncomingRecord| {
            record
                .header("origin")
                .is_some_and(|origin| origin.starts_with("kafka:control/"))
        };
        let found = stage
            .log
            .records("dead-letter")
            .iter()
            .filter(|record| origin(record))
            .count();
        assert_eq!(found, dead_letters, "{what}");
    }
    stage.stop().await;
}

/// Anything proves life, but an offline, a status without a readable state and bytes that may be a damaged will.
#[tokio::test]
async fn what_proves_life_and_what_does_not() {
    let will = json!({"type": "connection-status", "content": {"state": "offline"}});
    let cases: [(&[u8], ConnectionState); 7] = [
        (b"", ConnectionState::Online),
        (b"{", ConnectionState::Online),
        (br#"{"type":"telepathy"}"#, ConnectionState::Online),
        (
            br#"{"type":"event","content":"pong"}"#,
            ConnectionState::Online,
        ),
        (
            br#"{"type":"connection-status","content":{}}"#,
            ConnectionState::Offline,
        ),
        (
            br#"{"type":"connection-status","content":{"state":"Offline"#,
            ConnectionState::Offline,
        ),
        (
            br#"{"content":{"state":"offline"}}"#,
            ConnectionState::Offline,
        ),
    ];
    let mut stage = Stage::set();
    stage.start();
    for (payload, state) in cases {
        control(&stage, "host-1", will.clone()).await;
        stage.says("host-1", Channel::Control, payload).await;
        stage.is_read().await;
        let connection = stage.connection("host-1").await.expect("there");
        assert_eq!(
            connection.state,
            state,
            "{}",
            String::from_utf8_lossy(payload)
        );
    }
    stage.stop().await;
}
