//! Who was heard on the data channel: proof of life that the control channel does not carry.
//!
//! Newer agents do not repeat their online message after an automatic reconnect, so this is often the first that is
//! known of it. The record of a device that is OFFLINE is changed by a signal on the control topic, in the order of its
//! other records; of one that is ONLINE only the time it was last seen moves.

use std::collections::BTreeMap;
use std::time::Duration;

use connector_domain::connection::{Connection, ConnectionState};
use connector_domain::id::ClientId;
use connector_domain::port::OutgoingRecord;
use connector_domain::stamp::Stamp;
use connector_domain::wire::{Signal, SignalKind};

use super::batch::Heard;
use super::setback::Setback;
use super::telling::{found, marked_or_logged};
use super::{Options, Ports};
use crate::log_writer::deliver;
use crate::signal_record::signal_record;

/// How old the stored time may be before a message moves it: at most one write a minute per device.
const TOUCH_AFTER: Duration = Duration::from_mins(1);

/// Notes who was heard. Devices without a record are left out: nothing is known of them that could change.
pub(super) async fn note(
    ports: &Ports,
    options: &Options,
    heard: &BTreeMap<ClientId, Heard>,
) -> Result<(), Setback> {
    if heard.is_empty() {
        return Ok(());
    }
    let client_ids: Vec<ClientId> = heard.keys().cloned().collect();
    let Some(connections) = found(ports, &client_ids).await? else {
        return Ok(());
    };
    let mut signals = Vec::new();
    let mut touched = Vec::new();
    for connection in connections {
        let Some(heard) = heard.get(&connection.client_id) else {
            continue;
        };
        if is_back(&connection, heard) {
            signals.push(signal(&options.topics.control, &connection, heard, ports));
        } else if let Some(stamp) = worth_noting(&connection, heard) {
            touched.push((connection.client_id, stamp));
        }
    }
    if !touched.is_empty() {
        marked_or_logged(ports.connections.touch(ports.scope, &touched).await)?;
    }
    deliver(ports.log.as_ref(), signals).await?;
    Ok(())
}

/// As the fold will judge the signal.
fn is_back(connection: &Connection, heard: &Heard) -> bool {
    let since = connection.position.stamp.max(connection.state_changed_at);
    connection.state == ConnectionState::Offline && heard.stamp > since
}

/// The sign of life to note, if any. That a device has just connected is noted at once: the will of its former link may
/// still be on its way, and is told from a present one by this time only. What follows in the same batch is not noted with
/// it, or reading the records again in other batches would note something else.
fn worth_noting(connection: &Connection, heard: &Heard) -> Option<Stamp> {
    let last = connection.last_seen_at;
    if heard.stamp.since(last) >= TOUCH_AFTER {
        return Some(heard.stamp);
    }
    heard.connected.filter(|connected| *connected > last)
}

fn signal(topic: &str, connection: &Connection, heard: &Heard, ports: &Ports) -> OutgoingRecord {
    let at: Stamp = ports.clock.now();
    let signal = Signal {
        kind: SignalKind::Seen,
        version: connection.version,
        stamp: heard.stamp,
        at,
    };
    signal_record(topic, &connection.client_id, signal)
}
