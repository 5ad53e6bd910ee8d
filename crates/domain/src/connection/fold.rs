//! How what devices say becomes what the record holds: the one place that decides it.
//!
//! Called by the stores inside the transaction that locked the rows. Pure, so that any order, duplication and replay
//! of records can be tried without a database.

use super::change::{ChangeKind, ConnectionChange};
use super::record::{Connection, ConnectionState, ConnectionStateReason};
use super::status::{Details, OfflineCause, Status};
use crate::id::ClientId;
use crate::stamp::{Position, Stamp};
use crate::tenant::{Tenant, TenantLookup};
use crate::wire::{Signal, SignalKind};

/// What one ingress record means for its device's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceInput {
    /// A connection-status message, with its `message_id` (empty where there is none).
    Status {
        /// The device's id of the message.
        message_id: String,
        /// What it says.
        status: Status,
    },
    /// Any other message: proof that the device lives.
    SignOfLife,
    /// What another part of the platform learnt.
    Signal(Signal),
}

/// One ingress record of one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRecord {
    /// Its place in the device's order.
    pub position: Position,
    /// What it says.
    pub input: DeviceInput,
}

/// The records of one device in one batch, in the order read, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceBatch {
    /// The device.
    pub client_id: ClientId,
    /// What the directory says of it.
    pub tenant: TenantLookup,
    /// Its records.
    pub records: Vec<DeviceRecord>,
}

/// What became of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It made a change that anybody can see.
    Changed,
    /// It counted (as the newest record, as a sign of life) and changed nothing visible.
    Noted,
    /// Not above the record's position: seen before, or written late by a former holder.
    Replayed,
    /// An online message whose id was applied before.
    Duplicate,
    /// A signal about something that is no longer so.
    Outdated,
}

/// A device's record after a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// The record; `None` when there was none and nothing made one.
    pub connection: Option<Connection>,
    /// Whether it differs from what was stored, visibly or not.
    pub dirty: bool,
    /// One per version added, oldest first.
    pub changes: Vec<ConnectionChange>,
    /// One per record, in their order.
    pub outcomes: Vec<Outcome>,
}

/// Applies a batch to the stored record.
pub fn fold(stored: Option<&Connection>, batch: &DeviceBatch) -> Folded {
    fold_after(0, stored, batch)
}

/// The same, where a device without a record may have had one before: its versions go on after `last_version`, the
/// newest that its history knows, for a version is given once.
pub fn fold_after(last_version: i64, stored: Option<&Connection>, batch: &DeviceBatch) -> Folded {
    let mut current = stored.cloned();
    let mut changes = Vec::new();
    let mut outcomes = Vec::with_capacity(batch.records.len());
    for record in &batch.records {
        let outcome = match next(current.as_ref(), last_version, batch, record) {
            Next::Unchanged(outcome) => outcome,
            Next::Became(after) => {
                let (after, change) = settle(current.as_ref(), *after, record.position);
                current = Some(after);
                let outcome = if change.is_some() {
                    Outcome::Changed
                } else {
                    Outcome::Noted
                };
                changes.extend(change);
                outcome
            }
        };
        outcomes.push(outcome);
    }
    Folded {
        dirty: current.as_ref() != stored,
        connection: current,
        changes,
        outcomes,
    }
}

enum Next {
    Unchanged(Outcome),
    Became(Box<Connection>),
}

fn next(
    current: Option<&Connection>,
    last_version: i64,
    batch: &DeviceBatch,
    record: &DeviceRecord,
) -> Next {
    if let DeviceInput::Signal(signal) = &record.input {
        return current.map_or(Next::Unchanged(Outcome::Outdated), |current| {
            signalled(current, signal, &batch.tenant)
        });
    }
    if current.is_some_and(|current| record.position <= current.position) {
        return Next::Unchanged(Outcome::Replayed);
    }
    let stamp = record.position.stamp;
    let mut after = if let Some(current) = current {
        looked_up(current, &batch.tenant)
    } else {
        let (tenant, _) = Tenant::after(None, None, &batch.tenant);
        Connection {
            version: last_version,
            ..unseen(batch.client_id.clone(), tenant, record.position)
        }
    };
    match &record.input {
        DeviceInput::Status {
            message_id,
            status: Status::Online(details),
        } => {
            if after.knows(message_id) {
                return Next::Unchanged(Outcome::Duplicate);
            }
            online(&mut after, details, stamp);
            after.remember(message_id);
        }
        DeviceInput::Status {
            status: Status::Offline(cause),
            ..
        } => {
            offline(&mut after, *cause, stamp, current.is_some());
        }
        DeviceInput::SignOfLife | DeviceInput::Signal(_) => alive(&mut after, stamp),
    }
    after.position = record.position;
    Next::Became(Box::new(after))
}

/// The record with what the directory says of its tenant.
fn looked_up(current: &Connection, lookup: &TenantLookup) -> Connection {
    let doubts = current.tenant_doubts;
    let (tenant, tenant_doubts) = Tenant::after(Some(&current.tenant), doubts, lookup);
    Connection {
        tenant,
        tenant_doubts,
        ..current.clone()
    }
}

/// A record that nothing has been said about; its state is set by what made it.
fn unseen(client_id: ClientId, tenant: Tenant, position: Position) -> Connection {
    Connection {
        client_id,
        tenant,
        tenant_doubts: None,
        state: ConnectionState::Offline,
        reason: ConnectionStateReason::LinkLost,
        state_changed_at: position.stamp,
        last_seen_at: position.stamp,
        first_seen_at: position.stamp,
        version: 0,
        position,
        recent_ids: Vec::new(),
        details: None,
        shared_identity_suspected: false,
    }
}

fn online(record: &mut Connection, details: &Details, stamp: Stamp) {
    enter(
        record,
        ConnectionState::Online,
        ConnectionStateReason::Reported,
        stamp,
    );
    record.last_seen_at = record.last_seen_at.max(stamp);
    record.details = Some(details.clone());
}

/// An offline older than the last sign of life (a late will) says nothing about the present.
fn offline(record: &mut Connection, cause: OfflineCause, stamp: Stamp, existed: bool) {
    if existed && stamp < record.last_seen_at {
        return;
    }
    let reason = match cause {
        OfflineCause::Reported => ConnectionStateReason::Reported,
        OfflineCause::LastWill => ConnectionStateReason::LinkLost,
    };
    if existed {
        enter(record, ConnectionState::Offline, reason, stamp);
    } else {
        record.reason = reason;
    }
    // A last will is the broker speaking, not the device.
    if cause == OfflineCause::Reported {
        record.last_seen_at = record.last_seen_at.max(stamp);
    }
}

fn alive(record: &mut Connection, stamp: Stamp) {
    enter(
        record,
        ConnectionState::Online,
        ConnectionStateReason::Seen,
        stamp,
    );
    record.last_seen_at = record.last_seen_at.max(stamp);
}

/// Whether what was seen came after everything that made the state what it is.
fn is_later(current: &Connection, signal: &Signal) -> bool {
    signal.stamp > current.position.stamp.max(current.state_changed_at)
}

/// A signal holds only while the record is as it was when the signal was made; it moves no position.
fn signalled(current: &Connection, signal: &Signal, lookup: &TenantLookup) -> Next {
    use ConnectionState::{Offline, Online};
    if current.version != signal.version {
        return Next::Unchanged(Outcome::Outdated);
    }
    let mut after = current.clone();
    match signal.kind {
        SignalKind::Seen if current.state == Offline && is_later(current, signal) => {
            alive(&mut after, signal.stamp);
        }
        SignalKind::CommandUnanswered if current.state == Online => {
            enter(
                &mut after,
                Offline,
                ConnectionStateReason::Command,
                signal.at,
            );
        }
        SignalKind::ProbeFailed | SignalKind::NoSubscriber if current.state == Online => {
            enter(
                &mut after,
                Offline,
                ConnectionStateReason::TimedOut,
                signal.at,
            );
        }
        SignalKind::TenantDue if current.waits_for_tenant() => {
            after = looked_up(current, lookup);
            if after == *current {
                return Next::Unchanged(Outcome::Noted);
            }
        }
        _ => return Next::Unchanged(Outcome::Outdated),
    }
    Next::Became(Box::new(after))
}

fn enter(
    record: &mut Connection,
    state: ConnectionState,
    reason: ConnectionStateReason,
    stamp: Stamp,
) {
    if record.state != state {
        record.state = state;
        record.reason = reason;
        record.state_changed_at = stamp;
    }
}

/// Gives the new record its version, and says what changed when anybody can see it.
fn settle(
    before: Option<&Connection>,
    mut after: Connection,
    position: Position,
) -> (Connection, Option<ConnectionChange>) {
    let kind = match before {
        None => ChangeKind::Appeared,
        Some(before) if before.state != after.state => ChangeKind::State,
        Some(before) if before.details != after.details || before.tenant != after.tenant => {
            ChangeKind::Updated
        }
        Some(_) => return (after, None),
    };
    after.version += 1;
    let change = ConnectionChange {
        kind,
        version: after.version,
        position,
        occurred_at: if kind == ChangeKind::State {
            after.state_changed_at
        } else {
            position.stamp
        },
        before: before.map(Connection::view),
        after: after.view(),
    };
    (after, Some(change))
}
