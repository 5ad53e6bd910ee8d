//! No bytes make a parser panic.

use connector_domain::connection::{Details, Status, search_words};
use connector_domain::id::ClientId;
use connector_domain::limits;
use connector_domain::limits::JSON_DEPTH;
use connector_domain::stamp::Stamp;
use connector_domain::wire::{Channel, Envelope, EnvelopeError, Signal, SignalKind, TopicPrefix};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(Value::from("nul \0 inside")),
        Just(Value::from("x".repeat(1_000))),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// A message that is nearly right: known fields, values of any type.
fn nearly_an_envelope() -> impl Strategy<Value = Vec<u8>> {
    let kinds = prop_oneof![
        Just(json!("connection-status")),
        Just(json!("event")),
        Just(json!("data")),
        json_value()
    ];
    (
        kinds,
        prop::collection::vec(json_value(), 6),
        any::<prop::sample::Index>(),
    )
        .prop_map(|(kind, mut values, cut)| {
            let mut value = || values.pop().unwrap_or_default();
            let message = json!({
                "type": kind, "message_id": value(), "response_to": value(), "sent": value(),
                "directive": value(), "metadata": value(), "content": value(),
            });
            let mut bytes = message.to_string().into_bytes();
            // Half of them whole, half of them cut somewhere.
            let length = bytes.len();
            bytes.truncate(cut.index(2 * length).min(length));
            bytes
        })
}

fn status_content() -> impl Strategy<Value = Value> {
    let state = prop_oneof![Just(json!("online")), Just(json!("offline")), json_value()];
    (state, prop::collection::vec(json_value(), 5)).prop_map(|(state, mut values)| {
        let mut value = || values.pop().unwrap_or_default();
        json!({
            "state": state, "canonical_facts": value(), "dispatchers": value(), "tags": value(),
            "client_name": value(), "client_version": value(),
        })
    })
}

fn signal_kind() -> impl Strategy<Value = SignalKind> {
    prop_oneof![
        Just(SignalKind::Seen),
        Just(SignalKind::CommandUnanswered),
        Just(SignalKind::ProbeFailed),
        Just(SignalKind::NoSubscriber),
        Just(SignalKind::TenantDue),
    ]
}

/// A member of a signal: right, or anything.
fn nearly(right: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop_oneof![right, json_value()]
}

fn is_storable(details: &Details) -> bool {
    let json = serde_json::to_string(details).expect("details are JSON");
    let short = |text: &String| text.len() <= limits::LABEL_BYTES;
    !json.contains("\\u0000")
        && details
            .tags
            .iter()
            .all(|(key, value)| short(key) && short(value))
        && details.dispatchers.keys().all(short)
        && details
            .client_name
            .iter()
            .chain(&details.client_version)
            .all(short)
}

proptest! {
    // Half the usual number: values made of values take their time.
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 2))]

    #[test]
    fn any_bytes_are_an_envelope_or_an_error(bytes in any::<Vec<u8>>()) {
        let _ = Envelope::parse(&bytes);
    }

    #[test]
    fn nearly_right_messages_are_envelopes_or_errors(bytes in nearly_an_envelope()) {
        if let Ok(envelope) = Envelope::parse(&bytes) {
            for text in [&envelope.message_id, &envelope.response_to, &envelope.directive] {
                prop_assert!(text.len() <= limits::LABEL_BYTES && !text.contains('\0'));
            }
        }
    }

    #[test]
    fn what_is_read_of_a_status_can_be_stored(content in status_content()) {
        if let Ok((Status::Online(details), _)) = Status::parse(content) {
            prop_assert!(is_storable(&details));
            let client_id = ClientId::parse("host-1").expect("valid");
            prop_assert!(search_words(&client_id, details.facts.as_ref()).len() <= limits::SEARCH_WORDS);
        }
    }

    #[test]
    fn any_record_is_a_signal_or_an_error(
        kind in prop_oneof![Just("seen".to_owned()), any::<String>()],
        value in prop_oneof![any::<Vec<u8>>(), json_value().prop_map(|v| v.to_string().into_bytes())],
    ) {
        let _ = Signal::parse(&kind, &value);
    }

    #[test]
    fn a_signal_reads_itself_back(kind in signal_kind(), version: i64, stamp: i64, at: i64) {
        let (stamp, at) = (Stamp::from_nanos(stamp), Stamp::from_nanos(at));
        let signal = Signal { kind, version, stamp, at };
        let read = Signal::parse(kind.as_str(), signal.to_json().as_bytes());
        prop_assert_eq!(read.ok(), Some(signal));
    }

    #[test]
    fn nearly_right_signals_are_signals_or_errors(
        kind in signal_kind(),
        version in nearly(any::<i64>().prop_map(Value::from)),
        stamp in nearly(any::<i64>().prop_map(|nanos| json!(Stamp::from_nanos(nanos)))),
        at in nearly(Just(json!("2026-11-24T10:00:00Z"))),
        more in json_value(),
    ) {
        let value = json!({"version": version, "stamp": stamp, "at": at, "more": more});
        if let Ok(signal) = Signal::parse(kind.as_str(), value.to_string().as_bytes()) {
            prop_assert_eq!(signal.kind, kind);
            prop_assert_eq!(json!(signal.version), version);
        }
    }

    #[test]
    fn any_topic_names_a_device_or_is_an_error(topic in any::<String>(), level in any::<String>()) {
        let prefix = TopicPrefix::parse("redhat/insights").expect("valid");
        let _ = prefix.parse_from_device(&topic);
        let _ = TopicPrefix::parse(topic);
        if let Ok((client_id, channel)) = prefix.parse_from_device(&format!("redhat/insights/{level}/control/out")) {
            prop_assert_eq!(channel, Channel::Control);
            prop_assert_eq!(client_id.as_str(), level);
        }
    }

    #[test]
    fn any_text_is_a_stamp_or_none_and_a_stamp_reads_itself_back(text in any::<String>(), nanos in any::<i64>()) {
        let _ = Stamp::parse(&text);
        let _ = Stamp::of_record(Some(&text), Stamp::from_nanos(nanos));
        let stamp = Stamp::from_nanos(nanos);
        prop_assert_eq!(Stamp::parse(&stamp.to_string()), Some(stamp));
    }
}

#[test]
fn a_content_nested_too_deep_to_read_again_is_an_error() {
    let nested = |depth: usize| {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        format!(r#"{{"type":"data","content":{open}{close}}}"#)
    };
    let content = Envelope::parse(nested(JSON_DEPTH - 1).as_bytes())
        .expect("readable")
        .content;
    let content = content.expect("there");
    assert!(serde_json::from_str::<Value>(content.as_str()).is_ok());
    for depth in [JSON_DEPTH, 10_000, 100_000] {
        assert!(
            Envelope::parse(nested(depth).as_bytes()).is_err(),
            "{depth}"
        );
    }
    let harmless = format!(r#"{{"type":"data","content":"{}"}}"#, "[\\\"{".repeat(500));
    assert!(Envelope::parse(harmless.as_bytes()).is_ok());
    assert!(matches!(
        Envelope::parse(b"[]"),
        Err(EnvelopeError::NotAnObject)
    ));
}
