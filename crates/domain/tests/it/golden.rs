//! The exact bytes of what crosses a wire. A change here breaks agents, other services or what is stored in Kafka.

use std::collections::BTreeMap;

use connector_domain::account::Account;
use connector_domain::connection::{DeviceBatch, DeviceInput, DeviceRecord, Folded, Status, fold};
use connector_domain::event::{connection_changed, message_moved};
use connector_domain::id::{AccountNumber, ClientId, MessageId, OrgId};
use connector_domain::json::JsonText;
use connector_domain::message::{Answer, Arrival, Command, MessageKind, MessageState, Moved};
use connector_domain::stamp::{Position, Stamp};
use connector_domain::tenant::TenantLookup;
use connector_domain::wire::{Signal, SignalKind, command_payload, data_payload};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

fn client_id() -> ClientId {
    ClientId::parse("host-1").expect("valid")
}

fn message_id() -> MessageId {
    MessageId::from(Uuid::from_u128(0x1111_2222_3333_4444_5555_6666_7777_8888))
}

fn at(second: u32) -> Stamp {
    Stamp::parse(&format!("2026-11-24T10:15:{second:02}.000000007Z")).expect("valid")
}

fn position(second: u32) -> Position {
    Position {
        stamp: at(second),
        partition: 3,
        offset: 42,
    }
}

/// A payload is one line, with its newline, which snapshots do not show.
fn text(payload: Result<Vec<u8>, serde_json::Error>) -> String {
    let text = String::from_utf8(payload.expect("JSON")).expect("UTF-8");
    assert_eq!(text.find('\n'), Some(text.len() - 1));
    text
}

fn pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).expect("JSON")
}

#[test]
fn data_to_a_device() {
    let metadata = BTreeMap::from([("job".to_owned(), "7".to_owned())]);
    let content = JsonText::parse(r#"{"run": "x", "n": 1.50}"#).expect("JSON");
    let full = data_payload(message_id(), at(1), "echo", Some(&metadata), Some(&content));
    insta::assert_snapshot!(text(full), @r#"{"type":"data","message_id":"11112222-3333-4444-5555-666677778888","response_to":"","version":1,"sent":"2026-11-24T10:15:01.000000007Z","directive":"echo","metadata":{"job":"7"},"content":{"run": "x", "n": 1.50}}"#);
    let empty = data_payload(message_id(), at(1), "echo", None, None);
    insta::assert_snapshot!(text(empty), @r#"{"type":"data","message_id":"11112222-3333-4444-5555-666677778888","response_to":"","version":1,"sent":"2026-11-24T10:15:01.000000007Z","directive":"echo","metadata":null,"content":null}"#);
}

#[test]
fn commands_to_a_device() {
    let ping = command_payload(message_id(), at(1), &Command::Ping);
    insta::assert_snapshot!(text(ping), @r#"{"type":"command","message_id":"11112222-3333-4444-5555-666677778888","version":1,"sent":"2026-11-24T10:15:01.000000007Z","content":{"command":"ping","arguments":null,"message":""}}"#);
    let reconnect = Command::Reconnect {
        delay_seconds: 5,
        reason: Some("moved".to_owned()),
    };
    insta::assert_snapshot!(text(command_payload(message_id(), at(1), &reconnect)), @r#"{"type":"command","message_id":"11112222-3333-4444-5555-666677778888","version":1,"sent":"2026-11-24T10:15:01.000000007Z","content":{"command":"reconnect","arguments":{"delay":"5"},"message":"moved"}}"#);
    let disconnect = Command::Disconnect { reason: None };
    insta::assert_snapshot!(text(command_payload(message_id(), at(1), &disconnect)), @r#"{"type":"command","message_id":"11112222-3333-4444-5555-666677778888","version":1,"sent":"2026-11-24T10:15:01.000000007Z","content":{"command":"disconnect","arguments":null,"message":""}}"#);
}

#[test]
fn a_signal() {
    let signal = Signal {
        kind: SignalKind::Seen,
        version: 7,
        stamp: at(1),
        at: at(2),
    };
    insta::assert_snapshot!(signal.kind.as_str(), @"seen");
    insta::assert_snapshot!(signal.to_json(), @r#"{"version":7,"stamp":"2026-11-24T10:15:01.000000007Z","at":"2026-11-24T10:15:02.000000007Z"}"#);
}

/// host-1 goes online, with everything it can say of itself.
fn appeared() -> Folded {
    let content = json!({
        "state": "online",
        "canonical_facts": {
            "fqdn": "Host-1.example.com",
            "insights_id": "9d8e4c1c-0b3a-4c2f-8a57-0e2f6f1f9b11",
            "ip_addresses": ["192.0.2.7"],
            "mac_addresses": null,
        },
        "dispatchers": {"echo": {"version": "1"}, "rhc-worker-playbook": {}},
        "tags": {"site": "brno"},
        "client_name": "yggdrasil",
        "client_version": "0.4.8",
    });
    let (status, defects) = Status::parse(content).expect("readable");
    assert_eq!(defects, []);
    let account = Account {
        org_id: OrgId::parse("10000").expect("valid"),
        account_number: Some(AccountNumber::parse("111000").expect("valid")),
    };
    let batch = DeviceBatch {
        client_id: client_id(),
        tenant: TenantLookup::Known(account),
        records: vec![DeviceRecord {
            position: position(1),
            input: DeviceInput::Status {
                message_id: "3b7c6a2e".to_owned(),
                status,
            },
        }],
    };
    fold(None, &batch)
}

#[test]
fn a_record_on_the_compacted_topic() {
    insta::assert_snapshot!(pretty(&appeared().connection), @r#"
    {
      "clientId": "host-1",
      "tenant": {
        "status": "known",
        "orgId": "10000",
        "accountNumber": "111000"
      },
      "state": "ONLINE",
      "reason": "REPORTED",
      "stateChangedAt": "2026-11-24T10:15:01.000000007Z",
      "lastSeenAt": "2026-11-24T10:15:01.000000007Z",
      "firstSeenAt": "2026-11-24T10:15:01.000000007Z",
      "version": 1,
      "position": {
        "stamp": "2026-11-24T10:15:01.000000007Z",
        "partition": 3,
        "offset": 42
      },
      "recentIds": [
        "3b7c6a2e"
      ],
      "details": {
        "facts": {
          "fqdn": "Host-1.example.com",
          "insights_id": "9d8e4c1c-0b3a-4c2f-8a57-0e2f6f1f9b11",
          "ip_addresses": [
            "192.0.2.7"
          ],
          "mac_addresses": null
        },
        "dispatchers": {
          "echo": {
            "version": "1"
          },
          "rhc-worker-playbook": {}
        },
        "tags": {
          "site": "brno"
        },
        "clientName": "yggdrasil",
        "clientVersion": "0.4.8"
      },
      "sharedIdentitySuspected": false
    }
    "#);
}

#[test]
fn an_event_of_a_connection() {
    let [change] = &appeared().changes[..] else {
        panic!("one change")
    };
    insta::assert_snapshot!(pretty(&connection_changed(change.clone())), @r#"
    {
      "specversion": "1.0",
      "id": "host-1/1",
      "source": "cloud-connector",
      "type": "cloud-connector.connection.changed",
      "subject": "host-1",
      "time": "2026-11-24T10:15:01.000000007Z",
      "datacontenttype": "application/json",
      "data": {
        "kind": "APPEARED",
        "version": 1,
        "position": {
          "stamp": "2026-11-24T10:15:01.000000007Z",
          "partition": 3,
          "offset": 42
        },
        "occurredAt": "2026-11-24T10:15:01.000000007Z",
        "before": null,
        "after": {
          "clientId": "host-1",
          "account": {
            "orgId": "10000",
            "accountNumber": "111000"
          },
          "state": "ONLINE",
          "reason": "REPORTED",
          "stateChangedAt": "2026-11-24T10:15:01.000000007Z",
          "lastSeenAt": "2026-11-24T10:15:01.000000007Z",
          "version": 1,
          "dispatchers": [
            "echo",
            "rhc-worker-playbook"
          ],
          "tags": {
            "site": "brno"
          },
          "clientName": "yggdrasil",
          "clientVersion": "0.4.8",
          "fqdn": "Host-1.example.com",
          "insightsId": "9d8e4c1c-0b3a-4c2f-8a57-0e2f6f1f9b11",
          "subscriptionManagerId": null,
          "searchWords": [
            "192.0.2.7",
            "host-1",
            "host-1.example.com"
          ],
          "sharedIdentitySuspected": false
        }
      }
    }
    "#);
}

#[test]
fn an_event_of_a_message() {
    let message = Arrival {
        client_id: client_id(),
        position: position(1),
        kind: MessageKind::Data,
        wire_message_id: "w-1".to_owned(),
        directive: Some("echo".to_owned()),
        metadata: None,
        content: Some(JsonText::parse("\"hello\"").expect("JSON")),
        device_sent: None,
        answer: Some(Answer {
            response_to: message_id(),
            outcome: MessageState::Responded,
        }),
    }
    .into_message(
        Some(OrgId::parse("10000").expect("valid")),
        Some(message_id()),
    );
    let transition = message.first_transition();
    let event = message_moved(&Moved {
        message,
        transition,
    });
    insta::assert_snapshot!(pretty(&event), @r#"
    {
      "specversion": "1.0",
      "id": "host-1/491e828f-2695-5d15-bf0d-c0550d7047f3/1",
      "source": "cloud-connector",
      "type": "cloud-connector.message.moved",
      "subject": "host-1",
      "time": "2026-11-24T10:15:01.000000007Z",
      "datacontenttype": "application/json",
      "data": {
        "seq": 1,
        "previousState": null,
        "occurredAt": "2026-11-24T10:15:01.000000007Z",
        "message": {
          "clientId": "host-1",
          "messageId": "491e828f-2695-5d15-bf0d-c0550d7047f3",
          "orgId": "10000",
          "direction": "FROM_DEVICE",
          "kind": "DATA",
          "directive": "echo",
          "state": "RESPONDED",
          "sentBy": null,
          "createdAt": "2026-11-24T10:15:01.000000007Z",
          "responseTo": "11112222-3333-4444-5555-666677778888"
        }
      }
    }
    "#);
}
