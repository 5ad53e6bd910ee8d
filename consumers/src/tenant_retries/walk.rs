//! One kind of devices that wait, looked up round after round.

use anyhow::Context as _;
use connector_domain::id::ClientId;
use connector_domain::port::{DueDevice, OutgoingRecord, TenantDue};
use connector_domain::stamp::Stamp;
use connector_domain::tenant::TenantLookup;
use connector_domain::wire::{Signal, SignalKind};

use super::signalled::Signalled;
use super::{Options, Ports};
use crate::log_writer::deliver;
use crate::signal_record::signal_record;

/// Devices looked up at once. A directory that is away is asked about so many in a round, and no more.
const AT_ONCE: usize = 16;

/// Where the last round ended.
pub(super) struct Walk {
    due: TenantDue,
    after: Option<ClientId>,
    signalled: Signalled,
}

impl Walk {
    pub(super) fn of(due: TenantDue) -> Self {
        Self {
            due,
            after: None,
            signalled: Signalled::default(),
        }
    }

    /// Looks up the next devices, in the order of their ids, and begins anew after the last. A round ends where the
    /// directory has no answer; the next one goes on with others, in case these are what it stumbles over.
    pub(super) async fn go_on(&mut self, options: &Options, ports: &Ports) -> anyhow::Result<()> {
        self.signalled.forget_old();
        let (after, limit) = (self.after.as_ref(), options.limit);
        let page = ports
            .connections
            .tenants_due(ports.scope, self.due, after, limit);
        let page = page.await.context("the database is in the way")?;
        let is_last = page.len() < usize::from(limit);
        for some in page.chunks(AT_ONCE) {
            self.after = some.last().map(|device| device.client_id.clone());
            if !self.look_up(some, options, ports).await? {
                return Ok(());
            }
        }
        if is_last {
            self.after = None;
        }
        Ok(())
    }

    /// Whether there was an answer for any, or none was looked up.
    async fn look_up(
        &mut self,
        devices: &[DueDevice],
        options: &Options,
        ports: &Ports,
    ) -> anyhow::Result<bool> {
        let now = ports.clock.now();
        let is_due = |device: &&DueDevice| {
            let counts = device
                .doubts
                .is_none_or(|doubts| doubts.allow_another_at(now));
            counts && !self.signalled.holds(&device.client_id)
        };
        let devices: Vec<&DueDevice> = devices.iter().filter(is_due).collect();
        if devices.is_empty() {
            return Ok(true);
        }
        let client_ids = devices.iter().map(|device| device.client_id.clone());
        let client_ids: Vec<ClientId> = client_ids.collect();
        let answers = ports.tenants.look_again(&client_ids).await;
        for answer in &answers {
            count(self.due, answer);
        }
        let told = devices.into_iter().zip(&answers);
        let told = told.filter(|(_, answer)| self.is_worth_telling(answer));
        let told: Vec<&DueDevice> = told.map(|(device, _)| device).collect();
        let topic = &options.control_topic;
        let signals = told.iter().map(|device| signal(topic, device, now));
        let delivered = deliver(ports.log.as_ref(), signals.collect()).await;
        delivered.context("the log is in the way")?;
        for device in told {
            self.signalled.note(device.client_id.clone());
        }
        Ok(answers
            .iter()
            .any(|answer| *answer != TenantLookup::Unavailable))
    }

    /// Whether the record would be another one. The answer itself is not told: whoever applies it asks.
    fn is_worth_telling(&self, answer: &TenantLookup) -> bool {
        match answer {
            TenantLookup::Known(_) => true,
            TenantLookup::Unknown(_) => self.due != TenantDue::None,
            TenantLookup::Unavailable => false,
        }
    }
}

fn signal(topic: &str, device: &DueDevice, now: Stamp) -> OutgoingRecord {
    let signal = Signal {
        kind: SignalKind::TenantDue,
        version: device.version,
        stamp: now,
        at: now,
    };
    signal_record(topic, &device.client_id, signal)
}

fn count(due: TenantDue, answer: &TenantLookup) {
    metrics::counter!(
        "connector_tenant_retries_total",
        "status" => due.as_str(),
        "outcome" => answer.as_str(),
    )
    .increment(1);
}
