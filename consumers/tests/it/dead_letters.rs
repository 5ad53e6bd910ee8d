//! What a dead letter says.

use bytes::Bytes;
use connector_domain::port::OutgoingRecord;

use crate::fake::Stage;

fn record(key: Option<&str>, headers: &[(&'static str, &str)], value: &str) -> OutgoingRecord {
    OutgoingRecord {
        topic: "control".to_owned(),
        key: key.map(|key| Bytes::from(key.to_owned())),
        headers: headers
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect(),
        value: Some(Bytes::from(value.to_owned())),
    }
}

#[tokio::test]
async fn it_holds_the_record_as_it_was_and_why_it_is_here() {
    let mut stage = Stage::set();
    let headers = [
        ("topic", "redhat/insights/host-1/control/out"),
        ("mqtt_message_id", "7"),
        ("date_received", "2026-11-24T10:15:00.000000001Z"),
    ];
    let large = format!("{{{}", "x".repeat(70_000));
    stage.append(record(Some("host-1"), &headers, &large)).await;
    stage.play().await;
    let [dead] = &stage.log.records("dead-letter")[..] else {
        panic!("one dead letter")
    };
    assert_eq!(dead.key.as_deref(), Some(&b"host-1"[..]));
    assert_eq!(dead.value.as_deref(), Some(&large.as_bytes()[..65_536]));
    let headers: Vec<String> = dead
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    insta::assert_snapshot!(headers.join("\n"), @r"
    topic: redhat/insights/host-1/control/out
    mqtt_message_id: 7
    date_received: 2026-11-24T10:15:00.000000001Z
    original_size: 70001
    sha256: 5e3361b87a22a0456f8ada42120677ea360d0555bb1dd0966b504f6074c03d24
    error: unreadable envelope: not JSON: key must be a string at line 1 column 2
    origin: kafka:control/0/0
    ");
}

#[tokio::test]
async fn records_that_no_device_and_no_part_of_ours_wrote_are_set_aside() {
    let topic = |topic| ("topic", topic);
    let own = topic("redhat/insights/host-1/control/out");
    let cases = [
        (Some("host-1"), vec![], "no topic header"),
        (
            Some("host-1"),
            vec![topic("other/host-1/control/out")],
            "foreign topic",
        ),
        (
            Some("host-1"),
            vec![topic("redhat/insights/host-1/data/out")],
            "foreign topic",
        ),
        (Some("host-2"), vec![own], "foreign key"),
        (None, vec![own], "foreign key"),
        (
            Some("host-1"),
            vec![("signal", "seen")],
            "unreadable signal",
        ),
        (Some("a/b"), vec![("signal", "seen")], "unreadable signal"),
        (
            Some("host-1"),
            vec![("signal", "heard")],
            "unreadable signal",
        ),
    ];
    for (key, headers, reason) in cases {
        let mut stage = Stage::set();
        stage
            .append(record(key, &headers, r#"{"type":"event"}"#))
            .await;
        stage.play().await;
        let dead = stage.log.records("dead-letter");
        let error = dead[0].header("error").expect("there");
        assert!(error.starts_with(reason), "{error}");
        assert!(stage.connection("host-1").await.is_none(), "{reason}");
    }
}
