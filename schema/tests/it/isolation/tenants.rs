//! A world in which A lives beside B, and the same world without B.
//!
//! The second one is made by letting time pass wherever B does something. So whatever A is told may not differ between
//! the two: not a row, not a count, not an error, not the number of statements it took.

use connector_domain::audit::{AuditEntry, AuditOperation};
use connector_domain::block::DeviceBlock;
use connector_domain::connection::{DeviceInput, OfflineCause, Status};
use connector_domain::id::CallerName;
use connector_domain::port::BlockLedger;
use connector_domain::stamp::Stamp;
use connector_domain::tenant::{Denial, TenantLookup};
use connector_domain::wire::{Signal, SignalKind};
use uuid::Uuid;

use super::mail::entry;
use super::party::{A, B, CAME, NOBODYS, Party, WENT};
use super::streams;
use crate::world::{World, tenant};

/// Who lives beside A.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    B,
    Nobody,
}

/// What names a message: the device it went to or came from, and its id.
pub type Sent = (String, Uuid);

/// One of the two worlds.
pub struct Tenants {
    pub world: World,
    pub beside: Beside,
    /// Messages of A and B, those with the most to show first.
    pub of_a: Vec<Sent>,
    pub of_b: Vec<Sent>,
}

impl Tenants {
    pub async fn arrange(beside: Beside) -> Self {
        let mut this = Self {
            world: World::unlimited().await,
            beside,
            of_a: Vec::new(),
            of_b: Vec::new(),
        };
        this.of_b = this.nobodys().await;
        this.fleet().await;
        this.few().await;
        this.blocks(&B).await;
        this.blocks(&A).await;
        let nobodys = std::mem::take(&mut this.of_b);
        this.of_b = this.mail(&B.devices()[0], 100).await;
        this.of_b.extend(nobodys);
        this.of_a = this.letter(&A, &A.devices()[0], 100).await;
        for [of_a, of_b] in [this.comes(CAME, 300).await, this.goes(WENT, 400).await] {
            this.of_a.extend(of_a);
            this.of_b.extend(of_b);
        }
        let later = this.letter(&B, &B.devices()[5], 200).await;
        this.of_b.extend(later);
        this
    }

    /// Whether something of B happens here.
    pub fn happens(&self, party: &Party) -> bool {
        self.beside == Beside::B || party.org != B.org
    }

    /// A device of a tenant says something. Without that tenant, only the time passes.
    pub async fn says(&self, party: &Party, id: &str, input: DeviceInput) {
        if self.happens(party) {
            self.world.says(party.tenant(), id, input).await;
        } else {
            self.world.position();
        }
    }

    /// Devices of A, online and offline.
    async fn few(&self) {
        let devices = A.devices();
        for id in &devices {
            self.says(&A, id, online(&A, id)).await;
        }
        self.says(&A, &devices[1], gone(OfflineCause::LastWill))
            .await;
    }

    /// A device of B in each state, for each reason there is.
    async fn fleet(&self) {
        let devices = B.devices();
        for id in &devices {
            self.says(&B, id, online(&B, id)).await;
        }
        for (id, input) in devices[1..].iter().zip([
            gone(OfflineCause::LastWill),
            signal(SignalKind::ProbeFailed),
            signal(SignalKind::CommandUnanswered),
            gone(OfflineCause::Reported),
            gone(OfflineCause::Reported),
        ]) {
            self.says(&B, id, input).await;
        }
        self.says(&B, &devices[4], DeviceInput::SignOfLife).await;
    }

    /// Its last device is shut out.
    async fn blocks(&self, party: &Party) {
        let at = self.world.position().stamp;
        let devices = party.devices();
        let device = devices.last().expect("it has some");
        let message = self.message(party, device, 0, None);
        let entry = AuditEntry {
            operation: AuditOperation::BlockDevice,
            ..entry(party, 0, &message)
        };
        let block = DeviceBlock {
            client_id: message.client_id,
            org_id: message.org_id,
            blocked_at: at,
            blocked_by: CallerName::parse(party.label("operator")).expect("a name"),
            reason: party.label("reason"),
            lifted_at: None,
        };
        if self.happens(party) {
            let blocked = self.world.store.block(block, &entry).await;
            blocked.expect("stored");
        }
    }

    /// A device that was B's becomes A's. Without B it was nobody's.
    async fn comes(&self, device: &str, n: u128) -> [Vec<Sent>; 2] {
        let (former, told) = match self.beside {
            Beside::B => (B.tenant(), &B),
            Beside::Nobody => (TenantLookup::Unavailable, &A),
        };
        let reported = gone(OfflineCause::Reported);
        for input in [online(told, device), reported, online(told, device)] {
            self.world.says(former.clone(), device, input).await;
        }
        let of_b = self.letter(&B, device, n).await;
        self.says(&A, device, online(&A, device)).await;
        [self.letter(&A, device, n).await, of_b]
    }

    /// A device that was A's becomes B's; without B, a third one's.
    async fn goes(&self, device: &str, n: u128) -> [Vec<Sent>; 2] {
        self.says(&A, device, online(&A, device)).await;
        let of_a = self.letter(&A, device, n).await;
        match self.beside {
            Beside::B => self.says(&B, device, online(&B, device)).await,
            Beside::Nobody => {
                let third = tenant("30000");
                self.world.says(third, device, online(&A, device)).await;
            }
        }
        [of_a, self.letter(&B, device, n).await]
    }

    /// More of everything, while streams are open.
    pub async fn go_on(&self) {
        for party in [&B, &A] {
            let device = &party.devices()[0];
            self.says(party, device, gone(OfflineCause::Reported)).await;
            self.says(party, device, online(party, device)).await;
            self.says(party, device, updated(party, device)).await;
            let new = party.label("new");
            self.says(party, &new, online(party, &new)).await;
        }
        self.mail(&B.devices()[0], streams::FIRST).await;
        self.letter(&A, &A.devices()[0], streams::FIRST).await;
        self.comes("coming", 600).await;
        self.goes("going", 700).await;
    }

    /// Devices whose tenant is not known yet, or that have none.
    async fn nobodys(&self) -> Vec<Sent> {
        let nobody = Party { text: NOBODYS, ..B };
        let mut sent = Vec::new();
        for (id, lookup) in nobodys_devices()
            .into_iter()
            .zip([TenantLookup::Unavailable, unknown()])
        {
            match self.beside {
                Beside::B => self.world.says(lookup, &id, online(&nobody, &id)).await,
                Beside::Nobody => drop(self.world.position()),
            }
            let arrival = self.arrival(&nobody, &id, 900, None);
            let message = self.receive(&nobody, arrival).await;
            sent.push((id, message));
        }
        sent
    }
}

/// The directory does not know the device.
pub fn unknown() -> TenantLookup {
    TenantLookup::Unknown(Denial {
        answered_at: Stamp::default(),
        trusted: true,
    })
}

pub fn nobodys_devices() -> [String; 2] {
    ["pending", "none"].map(|what| format!("{NOBODYS}-{what}"))
}

pub fn online(party: &Party, id: &str) -> DeviceInput {
    DeviceInput::Status {
        message_id: String::new(),
        status: Status::Online(party.details(id)),
    }
}

fn updated(party: &Party, id: &str) -> DeviceInput {
    let mut details = party.details(id);
    details.client_name = Some(party.label("other-client"));
    DeviceInput::Status {
        message_id: String::new(),
        status: Status::Online(details),
    }
}

pub fn gone(cause: OfflineCause) -> DeviceInput {
    DeviceInput::Status {
        message_id: String::new(),
        status: Status::Offline(cause),
    }
}

/// About a record that has been made and not changed since.
fn signal(kind: SignalKind) -> DeviceInput {
    let at = Stamp::parse("2026-11-24T10:30:00Z").expect("a time");
    DeviceInput::Signal(Signal {
        kind,
        version: 1,
        stamp: at,
        at,
    })
}
