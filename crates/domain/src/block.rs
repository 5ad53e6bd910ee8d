//! Blocks: from when until when a client id is shut out, because its certificate was stolen or its host is not trusted.
//!
//! What a device said counts by when it was received, not by when it is looked at: what was dead-lettered because of a
//! block is so again on every replay and in a rebuild, also after the block was lifted.

use std::collections::HashMap;

use crate::id::{CallerName, ClientId, OrgId};
use crate::scope::Scope;
use crate::stamp::Stamp;

/// Most characters of a reason.
pub const BLOCK_REASON_CHARS: usize = 200;

/// One block of a client id, lifted or not. It binds everybody, whoever laid it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceBlock {
    /// The client id that is shut out.
    pub client_id: ClientId,
    /// Organisation of the device when it was blocked; `None` where it had none. Only that one is shown who blocked it
    /// and why.
    pub org_id: Option<OrgId>,
    /// Since when.
    pub blocked_at: Stamp,
    /// Who blocked it.
    pub blocked_by: CallerName,
    /// Why.
    pub reason: String,
    /// When it was lifted; `None` while it holds.
    pub lifted_at: Option<Stamp>,
}

impl DeviceBlock {
    /// Whether it holds now.
    pub fn holds(&self) -> bool {
        self.lifted_at.is_none()
    }

    /// Whether it is shown within this scope. One that was laid under another organisation binds its device too, and is not.
    pub fn is_shown_to(&self, scope: &Scope) -> bool {
        scope.org_id().is_none() || scope.sees(self.org_id.as_ref())
    }

    /// Whether it held when something was received.
    pub fn covers(&self, received: Stamp) -> bool {
        self.blocked_at <= received && self.lifted_at.is_none_or(|lifted_at| received < lifted_at)
    }
}

/// The blocks of some client ids, past ones too.
#[derive(Debug, Clone, Default)]
pub struct Blocks(HashMap<ClientId, Vec<DeviceBlock>>);

impl Blocks {
    /// The block that held when this client id's record was received.
    pub fn covering(&self, client_id: &ClientId, received: Stamp) -> Option<&DeviceBlock> {
        let mut blocks = self.0.get(client_id)?.iter();
        blocks.find(|block| block.covers(received))
    }
}

impl FromIterator<DeviceBlock> for Blocks {
    fn from_iter<I: IntoIterator<Item = DeviceBlock>>(blocks: I) -> Self {
        let mut by_device: HashMap<ClientId, Vec<DeviceBlock>> = HashMap::new();
        for block in blocks {
            let of_device = by_device.entry(block.client_id.clone()).or_default();
            of_device.push(block);
        }
        Self(by_device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(from: i64, to: Option<i64>) -> DeviceBlock {
        DeviceBlock {
            client_id: ClientId::parse("host-1").expect("valid"),
            org_id: None,
            blocked_at: Stamp::from_nanos(from),
            blocked_by: CallerName::parse("operator").expect("valid"),
            reason: "stolen".to_owned(),
            lifted_at: to.map(Stamp::from_nanos),
        }
    }

    #[test]
    fn what_was_received_under_a_block_stays_covered_after_it_is_lifted() {
        let blocks: Blocks = [block(10, Some(20)), block(30, None)].into_iter().collect();
        let client_id = ClientId::parse("host-1").expect("valid");
        let covered = |at| blocks.covering(&client_id, Stamp::from_nanos(at)).is_some();
        let expected = [
            (9, false),
            (10, true),
            (19, true),
            (20, false),
            (29, false),
            (30, true),
        ];
        for (at, expected) in expected {
            assert_eq!(covered(at), expected, "{at}");
        }
        let other = ClientId::parse("host-2").expect("valid");
        assert!(blocks.covering(&other, Stamp::from_nanos(15)).is_none());
    }
}
