//! What a record must hold after a log, said a second time.

use connector_domain::connection::{
    ConnectionState, Details, DeviceInput, DeviceRecord, OfflineCause, Status,
};
use connector_domain::limits::RECENT_IDS;
use connector_domain::stamp::Stamp;
use proptest::prelude::*;

use super::story::{Reader, anything, records};

/// What anybody can tell of a device.
#[derive(Debug, PartialEq, Eq)]
pub struct Expected {
    pub state: ConnectionState,
    pub state_changed_at: Stamp,
    pub last_seen_at: Stamp,
    pub details: Option<Details>,
}

impl Expected {
    /// What the reader's record says.
    pub fn found(reader: &Reader) -> Option<Self> {
        reader.record.as_ref().map(|record| Self {
            state: record.state,
            state_changed_at: record.state_changed_at,
            last_seen_at: record.last_seen_at,
            details: record.details.clone(),
        })
    }

    /// What these records say, none of which is a signal or a replay: the last one that counts decides. An online whose
    /// id is among the 16 newest ids of onlines that counted does not count.
    pub fn of(records: &[DeviceRecord]) -> Option<Self> {
        let mut so_far: Option<Self> = None;
        let mut ids: Vec<String> = Vec::new();
        for record in records {
            let stamp = record.position.stamp;
            let (state, seen, details) = match &record.input {
                DeviceInput::Status {
                    message_id,
                    status: Status::Online(details),
                } => {
                    if !message_id.is_empty()
                        && ids.iter().rev().take(RECENT_IDS).any(|id| id == message_id)
                    {
                        continue;
                    }
                    ids.extend((!message_id.is_empty()).then(|| message_id.clone()));
                    (ConnectionState::Online, true, Some(details.clone()))
                }
                DeviceInput::Status {
                    status: Status::Offline(cause),
                    ..
                } => (
                    ConnectionState::Offline,
                    *cause == OfflineCause::Reported,
                    None,
                ),
                _ => (ConnectionState::Online, true, None),
            };
            let before = so_far.take();
            let entered = before.as_ref().is_none_or(|before| before.state != state);
            let before = before.unwrap_or(Self {
                state,
                state_changed_at: stamp,
                last_seen_at: stamp,
                details: None,
            });
            so_far = Some(Self {
                state,
                state_changed_at: if entered {
                    stamp
                } else {
                    before.state_changed_at
                },
                last_seen_at: if seen { stamp } else { before.last_seen_at },
                details: details.or(before.details),
            });
        }
        so_far
    }
}

proptest! {
    #[test]
    fn a_record_is_what_its_messages_say_in_their_order(story in anything(60)) {
        let log = records(&story, 0, 0, 1_000);
        prop_assert_eq!(Expected::found(&Reader::of(&log)), Expected::of(&log));
    }
}
