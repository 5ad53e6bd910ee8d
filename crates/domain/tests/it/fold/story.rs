//! Logs of one device, and reading them.

use connector_domain::account::Account;
use connector_domain::connection::{
    Connection, ConnectionChange, Details, DeviceBatch, DeviceInput, DeviceRecord, OfflineCause,
    Outcome, Status, fold,
};
use connector_domain::id::{ClientId, OrgId};
use connector_domain::stamp::{Position, Stamp};
use connector_domain::tenant::TenantLookup;
use connector_domain::wire::{Signal, SignalKind};
use proptest::prelude::*;

/// One message of a device, as the broker delivers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    Online { id: String, name: u8 },
    Offline(OfflineCause),
    Alive,
}

impl Said {
    pub fn input(&self) -> DeviceInput {
        match self {
            Self::Online { id, name } => DeviceInput::Status {
                message_id: id.clone(),
                status: Status::Online(details(*name)),
            },
            Self::Offline(cause) => DeviceInput::Status {
                message_id: "will".to_owned(),
                status: Status::Offline(*cause),
            },
            Self::Alive => DeviceInput::SignOfLife,
        }
    }
}

pub fn details(name: u8) -> Details {
    Details {
        client_name: Some(format!("agent-{name}")),
        ..Details::default()
    }
}

fn said(id: impl Strategy<Value = String>) -> impl Strategy<Value = Said> {
    prop_oneof![
        3 => (id, any::<u8>()).prop_map(|(id, name)| Said::Online { id, name }),
        2 => prop_oneof![Just(OfflineCause::LastWill), Just(OfflineCause::Reported)]
            .prop_map(Said::Offline),
        2 => Just(Said::Alive),
    ]
}

/// Anything, in any order, with ids that repeat, or are missing.
pub fn anything(most: usize) -> impl Strategy<Value = Vec<Said>> {
    let id = prop_oneof![1 => Just(String::new()), 9 => (0..24_u8).prop_map(|n| n.to_string())];
    prop::collection::vec(said(id), 0..most)
}

/// What an agent says: every online has an id of its own. `lengths` as of [`prop::collection::vec`].
pub fn agent_says(lengths: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Said>> {
    prop::collection::vec(said(Just("fresh".to_owned())), lengths)
}

/// Gives every online of several stories an id that no other has.
pub fn with_own_ids<const N: usize>(mut stories: [Vec<Said>; N]) -> [Vec<Said>; N] {
    let mut next = 0;
    for said in stories.iter_mut().flatten() {
        if let Said::Online { id, .. } = said {
            next += 1;
            *id = next.to_string();
        }
    }
    stories
}

/// The records of a story: from `offset` on, with stamps from `stamp` on, every third equal to the one before.
pub fn records(story: &[Said], partition: i32, offset: i64, stamp: i64) -> Vec<DeviceRecord> {
    (0_i64..)
        .zip(story)
        .map(|(n, said)| DeviceRecord {
            position: Position {
                stamp: Stamp::from_nanos(stamp + n - i64::from(n % 3 == 2)),
                partition,
                offset: offset + n,
            },
            input: said.input(),
        })
        .collect()
}

/// The same records at other offsets: appended there in this order.
pub fn appended(records: impl IntoIterator<Item = DeviceRecord>) -> Vec<DeviceRecord> {
    let mut records: Vec<DeviceRecord> = records.into_iter().collect();
    for (offset, record) in (0_i64..).zip(&mut records) {
        record.position.offset = offset;
    }
    records
}

/// Something a log may also hold: a signal about the record as it was `behind` versions ago.
#[derive(Debug, Clone)]
pub struct Learnt {
    /// After which message.
    pub after: prop::sample::Index,
    pub kind: SignalKind,
    pub behind: i64,
    /// Stamp and time of it, relative to the newest record.
    pub lead: i64,
}

pub fn learnt(most: usize) -> impl Strategy<Value = Vec<Learnt>> {
    let kind = prop_oneof![
        3 => Just(SignalKind::Seen),
        1 => Just(SignalKind::CommandUnanswered),
        1 => Just(SignalKind::ProbeFailed),
        1 => Just(SignalKind::NoSubscriber),
        1 => Just(SignalKind::TenantDue),
    ];
    let one = (any::<prop::sample::Index>(), kind, 0..3_i64, -2..3_i64).prop_map(
        |(after, kind, behind, lead)| Learnt {
            after,
            kind,
            behind,
            lead,
        },
    );
    prop::collection::vec(one, 0..most)
}

/// A log of messages and signals. A signal is made from a record that was stored before it, so its version is never
/// ahead of the record when it is read.
pub fn log_with_signals(story: &[Said], learnt: &[Learnt]) -> Vec<DeviceRecord> {
    let mut log = Vec::new();
    let mut reader = Reader::default();
    for (n, record) in records(story, 0, 0, 1_000).into_iter().enumerate() {
        push(&mut log, &mut reader, record);
        for learnt in learnt
            .iter()
            .filter(|one| one.after.index(story.len()) == n)
        {
            let Some(stored) = &reader.record else {
                continue;
            };
            let stamp = Stamp::from_nanos(stored.position.stamp.as_nanos() + learnt.lead);
            let signal = Signal {
                kind: learnt.kind,
                version: (stored.version - learnt.behind).max(0),
                stamp,
                at: stamp,
            };
            let record = DeviceRecord {
                position: stored.position,
                input: DeviceInput::Signal(signal),
            };
            push(&mut log, &mut reader, record);
        }
    }
    log
}

fn push(log: &mut Vec<DeviceRecord>, reader: &mut Reader, mut record: DeviceRecord) {
    record.position.offset = i64::try_from(log.len()).expect("short");
    reader.read(std::slice::from_ref(&record));
    log.push(record);
}

/// Reads records as the Kafka consumer does, keeping what a store keeps.
#[derive(Debug, Default)]
pub struct Reader {
    pub record: Option<Connection>,
    pub changes: Vec<ConnectionChange>,
    pub outcomes: Vec<Outcome>,
}

impl Reader {
    /// Reads one batch; whether the stored record differs after it.
    pub fn read(&mut self, records: &[DeviceRecord]) -> bool {
        let batch = DeviceBatch {
            client_id: ClientId::parse("host-1").expect("valid"),
            tenant: TenantLookup::Known(Account {
                org_id: OrgId::parse("10000").expect("valid"),
                account_number: None,
            }),
            records: records.to_vec(),
        };
        let folded = fold(self.record.as_ref(), &batch);
        self.record = folded.connection;
        self.changes.extend(folded.changes);
        self.outcomes.extend(folded.outcomes);
        folded.dirty
    }

    /// A reader that has read this, in one batch.
    pub fn of(records: &[DeviceRecord]) -> Self {
        let mut reader = Self::default();
        reader.read(records);
        reader
    }

    /// State and details: what everyone asks for.
    pub fn says(
        &self,
    ) -> Option<(
        connector_domain::connection::ConnectionState,
        Option<Details>,
    )> {
        self.record
            .as_ref()
            .map(|record| (record.state, record.details.clone()))
    }
}
