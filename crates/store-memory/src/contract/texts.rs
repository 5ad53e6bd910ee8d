//! What devices may write comes back as it was, once the domain has taken the NUL characters out.

use connector_domain::connection::{ConnectionFilter, Status, StringFilter};
use connector_domain::json::JsonText;
use serde_json::json;

use super::Store;
use super::arrange::{ORG, apply, arrival, client, details, device, now, receive, record, scope};

/// Quotes, NUL, long texts, deep and large values: as parsed, so stored.
pub async fn odd_characters_come_back_as_they_were(store: &impl Store) {
    let mut deep = json!("bottom");
    for _ in 0..100 {
        deep = json!([deep]);
    }
    let content = json!({
        "state": "online",
        "canonical_facts": {
            "fqdn": "a\0'; DROP TABLE connections; --\u{1F980}\"\\",
            "odd\0key": ["\0", "\u{FFFF}", "\r\n\t\u{7f}"],
            "number": [0, -1, u64::MAX, i64::MIN, 1.5, 1e300],
            "deep": deep,
        },
        "dispatchers": {"écho'": {"k\0": "v\0"}, "\u{202E}": null},
        "tags": {"k'": "v\"", "long": "x".repeat(2_000)},
        "client_name": "n".repeat(1_000),
        "client_version": "\u{10FFFF}",
    });
    let (status, _) = Status::parse(content).expect("a status");
    let Status::Online(said) = status else {
        panic!("not online");
    };
    let id = "hôst 'x' \u{1F980}";
    apply(store, [device(id).online(1, "id'\"", said.clone())]).await;
    let stored = record(store, id).await;
    assert_eq!(stored.details, Some(said));
    assert_eq!(stored.recent_ids, ["id'\""]);
    let fqdn = stored.view().fqdn.expect("there");
    assert!(!fqdn.contains('\0'));
    for wanted in [
        StringFilter::Equals(fqdn.clone()),
        StringFilter::StartsWith(fqdn),
    ] {
        let filter = ConnectionFilter {
            fqdn: Some(wanted),
            ..ConnectionFilter::default()
        };
        let count = store
            .connection_count(&scope(ORG), &filter)
            .await
            .expect("read");
        assert_eq!(count, 1);
    }
    // And what it said makes no change when it says it again.
    let again = device(id).online(2, "m2", stored.details.expect("there"));
    apply(store, [again]).await;
    assert_eq!(record(store, id).await.version, 1);
}

/// Content is text to the store: no number is rounded, no space lost.
pub async fn content_comes_back_digit_for_digit(store: &impl Store) {
    apply(store, [device("host-1").online(1, "m", details("a"))]).await;
    let raw = r#"{ "n": 12345678901234567890123.10, "nul": "\u0000", "e": 1E400 }"#;
    let mut odd = arrival("host-1", "wire 'id'", 2);
    odd.content = Some(JsonText::parse(raw).expect("JSON"));
    odd.metadata = Some(JsonText::parse(r#"{"k":"v\u0000"}"#).expect("JSON"));
    odd.directive = Some("écho'".to_owned());
    let stored = receive(store, odd.clone()).await;
    let message = now(store, &stored.unpublished[0]).await;
    assert_eq!(message, stored.unpublished[0].message);
    assert_eq!(message.content, odd.content);
    assert_eq!(message.metadata, odd.metadata);
    let bytes = raw.len() + r#"{"k":"v\u0000"}"#.len();
    assert_eq!(usize::try_from(message.size_bytes), Ok(bytes));
    assert_eq!(message.client_id, client("host-1"));
    assert_eq!(message.wire_message_id.as_deref(), Some("wire 'id'"));
    assert_eq!(message.device_sent, odd.device_sent);
}
