//! What blocked devices say is set aside.
//!
//! The blocks are read for every batch, so that one holds from the moment it is committed, and a record is judged by when
//! it was received: reading it again gives the same. One thing is heard from a blocked device, that it is gone: the broker
//! says so when its session is ended, and it cannot be wished back by it.

use std::collections::BTreeSet;

use connector_domain::block::Blocks;
use connector_domain::connection::{DeviceInput, Status};
use connector_domain::id::ClientId;
use connector_domain::port::{BlockReader, IncomingRecord, StoreError};

use super::decode::DeviceMessage;
use super::handler::Meaning;
use crate::rejection::{Reason, Rejection};

/// The blocks of whoever is in a batch.
pub(super) async fn of(
    blocks: &dyn BlockReader,
    records: &[IncomingRecord],
) -> Result<Blocks, StoreError> {
    let keys = records.iter().filter_map(|record| record.key.as_deref());
    let names: BTreeSet<&str> = keys
        .filter_map(|key| std::str::from_utf8(key).ok())
        .collect();
    let client_ids = names
        .into_iter()
        .filter_map(|name| ClientId::parse(name).ok());
    let client_ids: Vec<ClientId> = client_ids.collect();
    Ok(blocks.blocks_of(&client_ids).await?.into_iter().collect())
}

/// What a message means, if its device is not blocked.
pub(super) fn judge(message: &DeviceMessage<'_>, meaning: Meaning, blocks: &Blocks) -> Meaning {
    let received = message.position.stamp;
    let Some(block) = blocks.covering(&message.client_id, received) else {
        return meaning;
    };
    if meaning.input.as_ref().is_some_and(is_departure) {
        return meaning;
    }
    let since = format!("since {}", block.blocked_at);
    Meaning {
        rejection: Some(Rejection::new(Reason::Blocked, since)),
        ..Meaning::default()
    }
}

/// Whether a device says, or the broker for it, that it is gone.
pub(super) fn is_departure(input: &DeviceInput) -> bool {
    matches!(
        input,
        DeviceInput::Status {
            status: Status::Offline(_),
            ..
        }
    )
}
